"""One hf_xet transfer against a local endpoint, timed from the session's beginning to its end.

    xet_worker.py push ENDPOINT-DIR FILE          prints {"seconds", "hash", "size"}
    xet_worker.py pull ENDPOINT-DIR HASH SIZE OUT prints {"seconds"}
"""
import json
import sys
import time

import hf_xet

action, endpoint = sys.argv[1], "local://" + sys.argv[2]
began = time.perf_counter()
if action == "push":
    commit = hf_xet.XetSession().new_upload_commit(endpoint=endpoint)
    handle = commit.start_upload_file(sys.argv[3], sha256=hf_xet.COMPUTE_SHA256)
    commit.wait_to_finish()
    info = handle.result().xet_info
    print(json.dumps({"seconds": time.perf_counter() - began, "hash": info.hash, "size": info.file_size}))
else:
    with hf_xet.XetSession().new_file_download_group(endpoint=endpoint) as group:
        group.start_download_file(hf_xet.XetFileInfo(sys.argv[3], int(sys.argv[4])), sys.argv[5])
    print(json.dumps({"seconds": time.perf_counter() - began}))
