"""`python -m scripts.digit_whisper --output DIR`: train, write the model, and say how well it hears."""

import argparse
import os
import time
from pathlib import Path


def main() -> None:
    """Run it. Ends with an error, and without a model, when it takes longer than it may."""
    parser = argparse.ArgumentParser(prog="python -m scripts.digit_whisper", description=main.__doc__)
    parser.add_argument("--output", type=Path, required=True, help="the folder to write the model to")
    parser.add_argument("--steps", type=int, default=1500, help="batches to learn; the model depends on this and the seed alone")
    parser.add_argument("--recordings", type=int, default=1800, help="of digits, to learn from")
    parser.add_argument("--minutes", type=float, default=30, help="give up when learning takes longer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examine", type=int, default=200, metavar="N", help="strings to be heard in the end; 0 for none")
    arguments = parser.parse_args()
    # The matrices are small: threads wait for each other longer than they work, and far longer where others are at work too.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _run(arguments)


def _run(arguments: argparse.Namespace) -> None:
    import numpy as np
    from faster_whisper.feature_extractor import FeatureExtractor

    from scripts.digit_whisper.export import write_model
    from scripts.digit_whisper.lessons import Vocabulary
    from scripts.digit_whisper.material import material
    from scripts.digit_whisper.network import MELS, Shape
    from scripts.digit_whisper.speech import speakers
    from scripts.digit_whisper.training import Progress, train

    random = np.random.default_rng(arguments.seed)
    began = time.monotonic()
    with speakers() as voices:
        examples = material(voices, FeatureExtractor(feature_size=MELS), arguments.recordings, random)
    prepared = time.monotonic()
    print(f"{len(examples)} examples in {prepared - began:.0f} s", flush=True)

    def report(progress: Progress) -> None:
        seconds = time.monotonic() - prepared
        if seconds > 60 * arguments.minutes:
            raise SystemExit(f"gave up after {progress.step} of {arguments.steps} steps, in {seconds:.0f} s")
        if progress.step % 50 == 0:
            print(
                f"step {progress.step:5}  {seconds:4.0f} s  loss: text {progress.text:.3f}  "
                f"sounding {progress.sounding:.3f}  listening {progress.listening:.3f}",
                flush=True,
            )

    vocabulary, shape = Vocabulary(), Shape()
    weights = train(examples, vocabulary, shape, arguments.steps, random, report)
    write_model(arguments.output, weights, shape, vocabulary.tokens)
    print(f"learnt {arguments.steps} steps in {time.monotonic() - prepared:.0f} s, {time.monotonic() - began:.0f} s in all")
    if arguments.examine:
        _examine(arguments.output, arguments.examine)


def _examine(folder: Path, count: int) -> None:
    import numpy as np

    from scripts.digit_whisper.examination import examine
    from scripts.digit_whisper.speech import speakers

    with speakers() as voices:
        result = examine(folder, voices, count)
    print(f"held-out strings: {result.strings}, of which wrong: {result.strings_wrong}")
    print(f"digit error rate: {result.digit_error_rate:.2%}")
    if result.word_time_errors_seconds:
        half, most = np.quantile(result.word_time_errors_seconds, (0.5, 0.95))
        print(f"word times off by: {half:.3f} s at the median, {most:.3f} s at the 95th percentile")


if __name__ == "__main__":
    main()
