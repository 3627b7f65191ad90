"""Serves one GGUF file over HTTP on this machine; run as a program by `local_model.py`.

It imports nothing of Pointsman, which keeps it small and quick to start. The key comes as the
first line of standard input; the address goes out as the only line of standard output. When
standard input ends, so does this program: its owner is gone.
"""

import argparse
import os
import sys

import xllamacpp


def main() -> None:
    """Serve the file named in the arguments until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("gguf")
    parser.add_argument("--context-tokens", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    arguments = parser.parse_args()
    owner = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever llama.cpp may print belongs in the log
    api_key = sys.stdin.readline().strip()
    server = xllamacpp.Server(_parameters(arguments, api_key))
    owner.write(f"{server.listening_address}\n")
    owner.flush()
    sys.stdin.read()
    os._exit(0)  # a running answer would otherwise be finished first


def _parameters(arguments: argparse.Namespace, api_key: str) -> xllamacpp.CommonParams:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = arguments.gguf
    parameters.n_ctx = arguments.context_tokens
    parameters.cpuparams.n_threads = arguments.threads
    parameters.cpuparams_batch.n_threads = arguments.threads
    parameters.n_parallel = 1
    parameters.fit_params = False  # half a second spent on measuring a model that fits anyway
    parameters.cache_ram_mib = 0  # by default, up to 8 GiB of earlier prompts
    parameters.cache_idle_slots = False  # needs that cache
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [api_key]
    parameters.ui = False
    parameters.endpoint_slots = False
    parameters.endpoint_props = False
    parameters.endpoint_metrics = False
    parameters.verbosity = 2  # warnings and errors: nothing of what is asked
    return parameters


if __name__ == "__main__":
    main()
