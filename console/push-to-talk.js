/** A button that is held to speak, and the space bar that does the same. */

const TAKES_SPACE = 'input, textarea, select, button, summary, a, [role="option"], [role="slider"], dialog';

export class PushToTalk {
  #button; #isActive;
  #holds = new Set();  // what holds it: `key`, `pointer`, `press`

  onHold = () => {};
  onRelease = () => {};

  /** @param {HTMLButtonElement} button @param {() => boolean} isActive whether it may be held now, and the space bar is its */
  constructor(button, isActive) {
    this.#button = button;
    this.#isActive = isActive;
    document.addEventListener('keydown', (event) => this.#keyDown(event));
    document.addEventListener('keyup', (event) => { if (event.code === 'Space') this.#end('key'); });
    button.addEventListener('pointerdown', (event) => this.#pointerDown(event));
    for (const kind of ['pointerup', 'pointercancel', 'lostpointercapture']) button.addEventListener(kind, () => this.#end('pointer'));
    button.addEventListener('contextmenu', (event) => event.preventDefault()); // a long press on a phone
    button.addEventListener('click', (event) => this.#clicked(event));
    addEventListener('blur', () => this.letGo());
    document.addEventListener('visibilitychange', () => { if (document.hidden) this.letGo(); });
  }

  /** Whatever holds it. */
  letGo() { for (const what of [...this.#holds]) this.#end(what); }

  #keyDown(event) {
    if (event.code !== 'Space' || event.ctrlKey || event.altKey || event.metaKey || !this.#isActive()) return;
    if (event.target !== this.#button && event.target.closest?.(TAKES_SPACE)) return;
    event.preventDefault(); // it would scroll, and press the button again and again
    if (!event.repeat) this.#begin('key');
  }

  #pointerDown(event) {
    if (event.button !== 0 || !this.#isActive()) return;
    this.#button.setPointerCapture(event.pointerId);
    this.#begin('pointer');
  }

  /** Assistive technology can press, but not hold: a press begins, the next one ends. */
  #clicked(event) {
    if (event.detail !== 0 || event.pointerId > 0 || !this.#isActive()) return;
    if (this.#holds.has('press')) this.#end('press');
    else this.#begin('press');
  }

  #begin(what) {
    const first = this.#holds.size === 0;
    this.#holds.add(what);
    if (first) this.onHold();
  }

  #end(what) {
    if (this.#holds.delete(what) && this.#holds.size === 0) this.onRelease();
  }
}
