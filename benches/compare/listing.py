"""The parts of the listing (16.8.1) that B-Coin is measured beside. Prints how many it did in a second.

    listing.py proofs           tries proofs
    listing.py blocks FILE      checks the chain of a file, as recorded from /get_chain
"""

import hashlib
import json
import sys
import time


def hash_block(block):
    encoded_block = json.dumps(block, sort_keys=True).encode()
    return hashlib.sha256(encoded_block).hexdigest()


def proof_of_work(previous_proof):
    new_proof = 1
    check_proof = False
    while check_proof is False:
        hash_operation = hashlib.sha256(str(new_proof**2 - previous_proof**2).encode()).hexdigest()
        if hash_operation[:4] == "0000":
            check_proof = True
        else:
            new_proof += 1
    return new_proof


def is_chain_valid(chain):
    previous_block = chain[0]
    block_index = 1
    while block_index < len(chain):
        block = chain[block_index]
        if block["previous_hash"] != hash_block(previous_block):
            return False
        previous_proof = previous_block["proof"]
        proof = block["proof"]
        hash_operation = hashlib.sha256(str(proof**2 - previous_proof**2).encode()).hexdigest()
        if hash_operation[:4] != "0000":
            return False
        previous_block = block
        block_index += 1
    return True


def proofs():
    tried, proof = 0, 1
    while tried < 200_000:
        proof = proof_of_work(proof)
        tried += proof
    return tried


def blocks(path):
    with open(path) as file:
        chain = json.load(file)["chain"]
    begun = time.perf_counter()
    assert is_chain_valid(chain)
    return len(chain), time.perf_counter() - begun


if sys.argv[1] == "proofs":
    start = time.perf_counter()
    print(proofs() / (time.perf_counter() - start))
else:
    count, seconds = blocks(sys.argv[2])
    print(count / seconds)
