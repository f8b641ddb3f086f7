"""A node as the book's printed listing (16.8.1) behaves, for the tests to talk to.

B-Coin promises to live in one network with nodes that run the listing on Python and Flask.
This fixture is such a node, written from the contract: the same six routes, messages, hash,
puzzle and (missing) checks of what is sent in, a chain in memory, and a 500 when a peer is dead.

One thing is mended: the listing's `replace_chain` checked the node's *own* chain before it took a
peer's. Here the *received* chain is checked, or "Flask adopts the chain of B-Coin" would show nothing.
So that tests neither collide nor hang, a lock guards the state and a peer has 10 seconds to answer.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import logging
import os
import threading
from itertools import pairwise
from typing import Any
from urllib.parse import urlparse
from uuid import uuid4

import requests
from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server

Block = dict[str, Any]
Answer = tuple[Response | str, int]

PEER_TIMEOUT_SECONDS = 10


def block_hash(block: Block) -> str:
    return hashlib.sha256(json.dumps(block, sort_keys=True).encode()).hexdigest()


def solves(proof: int, previous: int) -> bool:
    return hashlib.sha256(str(proof**2 - previous**2).encode()).hexdigest().startswith("0000")


def find_proof(previous: int) -> int:
    proof = 1
    while not solves(proof, previous):
        proof += 1
    return proof


def is_chain_valid(chain: list[Block]) -> bool:
    """Links and proofs only: like the listing, it looks at neither the first block nor the indices."""
    return all(
        block["previous_hash"] == block_hash(parent) and solves(block["proof"], parent["proof"])
        for parent, block in pairwise(chain)
    )


class Node:
    """What one node knows. Whoever calls a method or reads a field holds `lock`."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.address = uuid4().hex
        self.peers: set[str] = set()
        self.pending: list[dict[str, Any]] = []
        self.chain: list[Block] = []
        self.append_block(proof=1, previous_hash="0")

    def append_block(self, proof: int, previous_hash: str) -> Block:
        block = {
            "index": len(self.chain) + 1,
            "timestamp": str(datetime.datetime.now()),
            "proof": proof,
            "previous_hash": previous_hash,
            "transactions": self.pending,
        }
        self.pending = []
        self.chain.append(block)
        return block

    def add_transaction(self, sender: Any, receiver: Any, amount: Any) -> int:
        self.pending.append({"sender": sender, "receiver": receiver, "amount": amount})
        last: int = self.chain[-1]["index"]
        return last + 1

    def mine(self, miner: str) -> Block:
        parent = self.chain[-1]
        proof = find_proof(parent["proof"])
        self.add_transaction(self.address, miner, 1)
        return self.append_block(proof, block_hash(parent))


def create_app(miner: str) -> Flask:
    app = Flask(__name__)
    node = Node()

    @app.get("/mine_block")
    def mine_block() -> Answer:
        with node.lock:
            return jsonify(message="Congrats, you just mined a block!", **node.mine(miner)), 200

    @app.get("/get_chain")
    def get_chain() -> Answer:
        with node.lock:
            return jsonify(chain=node.chain, length=len(node.chain)), 200

    @app.get("/is_valid")
    def is_valid() -> Answer:
        with node.lock:
            valid = is_chain_valid(node.chain)
        if valid:
            return jsonify(message="Everything is fine. The Blockchain is correct."), 200
        return jsonify(message="Weve got an issue. The Blockchain isnt trustworthy.."), 200

    @app.post("/add_transaction")
    def add_transaction() -> Answer:
        body = request.get_json()
        if not all(key in body for key in ("sender", "receiver", "amount")):
            return "Some transactional components are missing.", 400
        with node.lock:
            index = node.add_transaction(body["sender"], body["receiver"], body["amount"])
        return jsonify(message=f"This transaction will be added to the Block {index}"), 201

    @app.post("/connect_node")
    def connect_node() -> Answer:
        addresses = request.get_json().get("nodes")
        if addresses is None:
            return "No node", 400
        with node.lock:
            node.peers.update(urlparse(address).netloc for address in addresses)
            message = (
                "All of the nodes are now linked together. "
                "The node has now been added to the Bitcoin blockchain"
            )
            return jsonify(message=message, total_nodes=list(node.peers)), 201

    @app.get("/replace_chain")
    def replace_chain() -> Answer:
        with node.lock:
            peers = list(node.peers)
        # Asked without the lock: this node may be among its own peers, and peers ask back.
        answers = [requests.get(f"http://{peer}/get_chain", timeout=PEER_TIMEOUT_SECONDS) for peer in peers]
        with node.lock:
            message = "Everything seems to be fine. It is the most extensive chain."
            for answer in answers:
                if answer.status_code != 200:
                    continue
                length, chain = answer.json()["length"], answer.json()["chain"]
                if length > len(node.chain) and is_chain_valid(chain):
                    node.chain = chain
                    message = (
                        "Because the nodes are different, the longest chain is used to replace the chain.."
                    )
            return jsonify(message=message, new_chain=node.chain), 200

    return app


def main() -> None:
    parser = argparse.ArgumentParser(description="A node as the printed listing behaves.")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--miner", default="Meghna", help="who receives the reward")
    options = parser.parse_args()

    os.environ["no_proxy"] = "*"  # peers are on this machine: never ask them through a proxy
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server(options.host, options.port, create_app(options.miner), threaded=True)
    print(f"listening on http://{options.host}:{server.port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
