#!/usr/bin/env python3
"""Writes the inputs that fuzzing starts from, out of tests/vectors and the files of the chapter, to fuzz/corpus.

Run it before fuzzing; `shrink` then leaves what is checked in: the inputs that reach the most, and those named `seed_...`,
which are right through and through. Needs nothing beside Python 3.
"""

import json
import struct
import sys
from pathlib import Path

sys.dont_write_bytecode = True
import sound_seeds

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "fuzz" / "corpus"
# Larger ones make each run slow and reach nothing more: the ordinary tests read them.
LARGEST = 16 << 10
# Blocks and chains that are right and differ much. Coverage alone would drop them for broken ones that reach as far.
KEPT = """
largest_proof_and_index two_transactions_keep_their_order string_astral_escaped string_control string_not_normalised
float_34_6.929001713869936e+236 integer_9_18446744073709551615 literal_null integers
genesis_only eight_blocks every_kind_of_value changed_tip changed_and_relinked
nodes.json transaction.json addresses.json port
block_of_the_chain_12 block_of_the_chain_37 genesis_of_a_room genesis_of_the_chain transfer_0 transfer_3 coinbase
parameters_0 proof_of_5 tree_of_7 alice upper_case words_english words_chinese bits_1d00ffff merkle_root bitcoin_0 classroom_class instant_class bitcoin_period instant_end payments every_fault all_at_once
faults_alone fill nonce_ahead nonce_again signed_by_another signed_for_another_network receiver_is_no_key all_of_it
one_unit_too_much nothing too_much beyond_64_bits to_oneself
""".split()

ADDRESSES = """
http://127.0.0.1:1002/get_chain?x=1#y  127.0.0.1:1002  //localhost:1002/  HTTP://LocalHost  [::1]:1002  http://0x7f.1:01002
[::ffff:169.254.1.1]:80  [fe80::1]:80  http://169.254.169.254  http://0xA9FEA9FE/  http://me:secret@h:1  ftp://h  h:0  h:99999
http://b\u00fccher.example:80  \u6f22\u5b57.example  xn--bcher-kva.example:5001  a%2eb:80  h..:80  mailto:me@example.org
1002  65536  127.1  unix:/run/x.sock  [fd00:ec2::254]  [64:ff9b::169.254.169.254]  [2002:a9fe:a9fe::1]  255.255.255.255
""".split()

TAKEN = """
1002  http://0.0.0.0:5001/  teacher.example.  [64:ff9b::192.168.1.7]:1001  [2002:c0a8:107::1]:80
""".split()


def vectors(name):
    return json.loads((ROOT / "tests" / "vectors" / f"{name}.json").read_text())


def write(target, name, data):
    name = f"seed_{name}" if name in KEPT else name
    data = data if isinstance(data, bytes) else data.encode()
    if len(data) <= LARGEST:
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name.replace(" ", "_").replace("/", "_")).write_bytes(data)


def transaction(block):
    """The text of a block's only transaction."""
    return block[block.index('"transactions"') :].split("[", 1)[1].rsplit("]", 1)[0]


GENESIS = '{"index":1,"previous_hash":"0","proof":1,"timestamp":"t","transactions":[]}'

for case in vectors("encoding"):
    name, block = case["name"], case["json"]
    write("block_reader", name, block)
    write("canonical_writer", name, block)
    # Amounts by themselves: as text, and as the eight bytes of a float.
    amounts = json.loads(block, parse_int=str, parse_float=str)["transactions"]
    if name.startswith(("float_", "integer_")):
        write("canonical_writer", f"text_of_{name}", amounts[0]["amount"])
        write("canonical_writer", f"bytes_of_{name}", struct.pack("<d", float(amounts[0]["amount"])))
    if len(amounts) == 1:
        write("requests", f"payment_{name}", transaction(block))

for case in vectors("refused"):
    name, block = case["name"], bytes.fromhex(case["hex"]) if "hex" in case else case["json"].encode()
    write("block_reader", f"refused_{name}", block)
    write("canonical_writer", f"refused_{name}", block)
    write("peer_chain", f"refused_{name}", b'{"chain":[%s,%s],"length":2}' % (GENESIS.encode(), block))

for case in vectors("chains"):
    write("peer_chain", case["name"], case["json"])
for case in vectors("recorded"):
    write("peer_chain", f"seed_{case['name']}", json.dumps(case["body"]))

for name in ["nodes.json", "transaction.json"]:
    write("requests", name, (ROOT / name).read_bytes())
for number, address in enumerate(ADDRESSES):
    write("requests", f"address_{number}", address)
    write("requests", f"node_{number}", json.dumps({"nodes": [address]}))
write("requests", "nodes", json.dumps({"nodes": ADDRESSES[:4]}))
write("requests", "addresses.json", json.dumps({"nodes": TAKEN}))
write("requests", "port", "1002")
sound_seeds.write_all(vectors, write)
