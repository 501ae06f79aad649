def hf_hub_download(repo_id, filename, cache_dir=None):
    raise AssertionError("the engine must not let it ask a hub")
