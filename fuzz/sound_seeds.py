"""The inputs for the checks of the sound rules, out of tests/vectors/sound. `seeds.py` calls `write_all`.

The checks in tests/it/checks tell what the bytes mean. Mistakes that are easily made become regressions.
"""

import hashlib
import struct
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def regression(target, name, data):
    folder = ROOT / "fuzz" / "regressions" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def write_all(vectors, write):
    ledger = vectors("sound/ledger")
    for target, inputs in {
        "sound_decoders": decoders,
        "sound_texts": texts,
        "sound_headers": headers,
        "sound_connect": scripts,
    }.items():
        inputs(vectors, ledger, partial(write, target), partial(regression, target))


# The first byte chooses a decoder.
BLOCK, TRANSACTION, TRANSFER, HEADER, PROOF, TREE, GENESIS_BLOCK, NOTE = (bytes([decoder]) for decoder in range(8))
AS_IT_IS = b"\x00"
MADE_TO_FIT = b"\x03"


def double_sha256(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def chain(ledger):
    return [bytes.fromhex(block["raw"]) for block in ledger["chain"]["blocks"]]


def decoders(_, ledger, write, regression):
    raw = chain(ledger)
    for index, block in enumerate(raw, 1):
        write(f"block_of_the_chain_{index}", BLOCK + block)
    for number, block in enumerate(ledger["refused_blocks"]):
        if block["after"] == 24:
            write(f"refused_{number}", BLOCK + bytes.fromhex(block["raw"]))
    for case in ledger["same_header"]:
        for number, body in enumerate(case["bodies"]):
            write(f"body_{case['after']}_{number}", BLOCK + bytes.fromhex(body["raw"]))
    write("coinbase", TRANSACTION + raw[0][81:])
    for number, transfer in enumerate(ledger["transfers"]):
        write(f"transfer_{number}", TRANSFER + bytes.fromhex(transfer["raw"]))
    for number, transfer in enumerate(ledger["refused_transfers"]):
        write(f"refused_transfer_{number}", TRANSFER + bytes.fromhex(transfer["raw"]))
        write(f"refused_transaction_{number}", TRANSACTION + bytes.fromhex(transfer["raw"]))
    write("header", HEADER + raw[0][:80])
    for number, room in enumerate(ledger["rooms"]):
        block = bytes.fromhex(room["genesis_block"])
        write(f"room_{number}" if number else "genesis_of_a_room", GENESIS_BLOCK + AS_IT_IS + block)
        write(f"parameters_{number}", NOTE + block[81 + 86 :])
    genesis = bytes.fromhex(ledger["chain"]["genesis_block"])
    write("genesis_of_the_chain", GENESIS_BLOCK + AS_IT_IS + genesis)
    write("genesis_made_to_fit", GENESIS_BLOCK + MADE_TO_FIT + genesis)
    for case in ledger["refused_genesis"]:
        block = bytes.fromhex(case["raw"])
        write(f"genesis_{case['what']}", GENESIS_BLOCK + AS_IT_IS + block)
        write(f"note_{case['what']}", NOTE + block[81 + 86 :])
    for depth in 0, 1, 5, 14, 15:
        branch = b"".join(double_sha256(bytes([level])) for level in range(depth))
        write(f"proof_of_{depth}", PROOF + struct.pack("<I", 2**depth - 1) + bytes(32) + branch)
    for count in 1, 2, 3, 6, 7, 12:
        write(f"tree_of_{count}", TREE + bytes(range(count)))

    block = raw[36]
    regression("count-0", BLOCK + block[:80] + b"\x00" + block[81:])
    regression("count-in-the-long-form", BLOCK + block[:80] + b"\xfd" + block[80:81] + b"\x00" + block[81:])
    regression("count-of-all-ones", BLOCK + block[:80] + b"\xff" * 9 + block[81:])
    regression("count-that-would-fill-the-memory", BLOCK + block[:80] + b"\xfe\xff\xff\xff\x7f" + block[81:])
    regression("count-below-the-end-by-one", BLOCK + block[:80] + bytes([len(block[81:]) // 86]) + block[81:])
    coinbase = raw[0][81:]
    regression("note-of-80-bytes", TRANSACTION + coinbase[:85] + b"\x50" + b"n" * 80)
    regression("note-of-81-bytes", TRANSACTION + coinbase[:85] + b"\x51" + b"n" * 81)
    regression("kind-2", TRANSACTION + b"\x02" + coinbase[1:])
    transfer = bytes.fromhex(ledger["transfers"][0]["raw"])
    regression("amount-and-fee-beyond-64-bits", TRANSFER + transfer[:65] + b"\xff" * 16 + transfer[81:])
    regression("coinbase-as-a-transfer", TRANSFER + coinbase)
    regression("one-byte-left-over", TRANSFER + transfer + b"\x00")
    regression("last-two-doubled", TREE + bytes([0, 1, 2, 3, 4, 5, 4, 5]))
    regression("last-one-doubled", TREE + bytes([0, 1, 2, 2]))
    regression("first-two-equal", TREE + bytes([0, 0, 1]))
    regression("all-equal", TREE + bytes(8))
    regression("position-outside-the-tree", PROOF + struct.pack("<I", 4) + bytes(3 * 32))
    regression("branch-of-33-hashes", PROOF + struct.pack("<I", 1) + bytes(34 * 32))
    for name, note in {
        "name-with-slashes": "instant/1/1/a//b/",
        "name-of-40-bytes": "instant/1/1/" + "\u00e9" * 20,
        "name-with-a-control-character-of-latin-1": "instant/1/1/a\u0085",
        "name-with-a-line-separator": "instant/1/1/a\u2028",
        "digits-of-another-script": "instant/\u0661/1/a",
        "product-at-its-limit": "classroom/10500000/1/a",
        "product-beyond-32-bits": "classroom/99999999/99999999/a",
        "profile-of-bitcoin": "bitcoin/1/1/a",
    }.items():
        regression(name, NOTE + note.encode())


# Addresses: 33 bytes, checked by a polynomial (BIP 350).
def bech32m(groups, constant=0x2BC830A3):
    values = [3, 3, 3, 0, 2, 3, 15, *groups, 0, 0, 0, 0, 0, 0]
    residue = 1
    for value in values:
        top, residue = residue >> 25, (residue & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate([0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3]):
            residue ^= generator if top >> bit & 1 else 0
    residue ^= constant
    groups = [*groups, *(residue >> 5 * (5 - at) & 31 for at in range(6))]
    return "bco1" + "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[group] for group in groups)


def texts(vectors, ledger, write, regression):
    alice = ledger["keys"][0]["address"]
    write("alice", alice)
    write("upper_case", alice.upper())
    for key in ledger["keys"][1:]:
        write(key["name"], key["address"])
    for number, text in enumerate(vectors("sound/bech32m")["valid"]):
        write(f"bech32m_{number}", text)
    for number, case in enumerate(vectors("sound/bech32m")["invalid"]):
        write(f"no_bech32m_{number}", case["text"])
    for number, wallet in enumerate(ledger["wallets"]):
        write(f"wallet_{number}", wallet["words"])
    bip39 = vectors("sound/bip39")
    for language in bip39.keys() & {"english", "chinese", "chinese_simplified", "simplified_chinese"}:
        for number, case in enumerate(case for case in bip39[language] if len(case["words"].split()) == 12):
            short = "chinese" if "chinese" in language else "english"
            write(f"{language}_{number}" if number else f"words_{short}", case["words"])
    for number, case in enumerate(vectors("sound/compact")["cases"]):
        write(f"bits_{case['bits']}", case["bits"])
        write(f"bytes_of_bits_{case['bits']}", bytes.fromhex(case["bits"])[::-1])
    write("bits_1d00ffff", "1d00ffff")
    write("merkle_root", vectors("sound/merkle")["cases"][0]["root"])
    for name in "classroom", "instant", "bitcoin":
        write(f"profile_{name}", name)

    groups = ["qpzry9x8gf2tvdw0s3jn54khce6mua7l".index(character) for character in alice[4:-6]]
    assert bech32m(groups) == alice
    write("groups", bytes(groups))
    regression("padding-bit-of-1", bech32m([*groups[:-1], groups[-1] | 1]))
    regression("checksum-of-bech32", bech32m(groups, 1))
    regression("first-byte-not-0", bech32m([1, *groups[1:]]))
    regression("no-point-of-the-curve", bech32m([0, 0, *[31] * 50, 30]))
    regression("mixed-case", alice[:-1] + alice[-1].upper())
    regression("prefix-in-capitals", "BCO1" + alice[4:])
    regression("line-end", alice + "\n")
    regression("separator-twice", alice[:20] + "1" + alice[21:])
    words = ledger["wallets"][0]["words"]
    regression("words-on-two-lines", words.replace(" ", "\r\n", 5).upper())
    regression("words-as-wide-as-chinese-ones", "".join(chr(ord(c) + 0xFEE0) if c != " " else "\u3000" for c in words))
    regression("dotted-capital-i", words.upper().replace("I", "\u0130"))
    regression("eleven-words", words.rsplit(" ", 1)[0])
    regression("bits-with-a-sign", "+1d00fff")
    regression("sign-judged-after-the-shift", struct.pack("<I", 0x01800000))
    regression("mantissa-that-is-shifted-out", struct.pack("<I", 0x01003456))
    regression("bits-of-34-bytes", struct.pack("<I", 0x220000FF))
    regression("bits-of-255-bytes-of-zeros", struct.pack("<I", 0xFF000000))
    regression("largest-target", b"\xff" * 32)
    regression("signs-that-no-list-has", "\u00e9" * 40)


# Headers: a profile, a clock, and for each header its flags and itself or its time.
CLASSROOM, INSTANT, BITCOIN, LATER = b"\x00", b"\x01", b"\x02", 0x80
CLOCK = struct.pack("<I", 1_800_000_000)
WHOLE, RELATIVE, OWN_PREVIOUS, OWN_BITS, OWN_NONCE, JUMP, TO_THE_END = (1 << bit for bit in range(7))


def whole(headers):
    return b"".join(bytes([WHOLE | OWN_PREVIOUS | OWN_BITS | OWN_NONCE]) + header for header in headers)


def after(*seconds, flags=0):
    return b"".join(struct.pack("<Bi", RELATIVE | flags, number) for number in seconds)


def first(time, flags=0):
    return struct.pack("<BI", flags, time)


def later(profile, height, bits, *times):
    return bytes([profile[0] | LATER]) + CLOCK + struct.pack("<4I", height, bits, *times)


def headers(_, ledger, write, regression):
    raw = chain(ledger)
    genesis = bytes.fromhex(ledger["chain"]["genesis_block"])
    bitcoin = (ROOT / "tests/vectors/sound/bitcoin-headers-0-2100.bin").read_bytes()
    bitcoin = [bitcoin[at : at + 80] for at in range(0, len(bitcoin), 80)]
    write("bitcoin_0", BITCOIN + CLOCK + whole(bitcoin[:25]))
    write("bitcoin_with_a_gap", BITCOIN + CLOCK + whole(bitcoin[:5] + bitcoin[6:10]))
    changed = [bytearray(header) for header in bitcoin[:8]]
    for field, header in zip([0, 4, 36, 68, 72, 76], changed[1:]):
        header[field] ^= 1
    write("bitcoin_changed", BITCOIN + CLOCK + whole(changed))
    rooms = [bytes.fromhex(room["genesis_block"])[:80] for room in ledger["rooms"]]
    write("classroom_class", CLASSROOM + CLOCK + whole(rooms[:1]) + after(7, 12, 0, 300, 301, 86400, 10, 3, 0, 0, 0))
    write("instant_chain", INSTANT + CLOCK + whole([genesis[:80], *(block[:80] for block in raw[:24])]))
    START = 1_795_305_600
    write("instant_class", INSTANT + CLOCK + first(START) + after(0, 5, 0, -1, 7))
    write("classroom_backwards", CLASSROOM + CLOCK + first(START) + after(5, -1, -4, 6))
    write("bitcoin_median", BITCOIN + CLOCK + first(START) + after(9, -3, -5, 6, 6, 6, -9, 8, 100, -90, 1, 1, 1, -8, 9))
    write("early", INSTANT + struct.pack("<I", START) + first(START + 60) + after(1) + first(START + 60))
    write("instant_without_work", INSTANT + CLOCK + first(START, OWN_NONCE) + after(1, 2, 3, 4, flags=OWN_NONCE))
    beginning = later(BITCOIN, 2016 * 7, 0x1B0404CB, START, START + 9) + after(9, flags=JUMP)
    spans = {"slow": 9_000_000, "fast": 5, "on_time": 1_209_600, "backwards": -600, "period": 700_000}
    for name, span in spans.items():
        write(f"bitcoin_{name}", beginning + after(span, 7, 7))
    write("instant_end", INSTANT + CLOCK + first(START) + after(1, flags=JUMP | TO_THE_END) + after(1, 1, 1))
    write("classroom_end", CLASSROOM + CLOCK + first(START) + after(1, flags=JUMP | TO_THE_END) + after(1, 1, 1))
    for bits in 0x01010000, 0x02008000, 0x04123456, 0x1F00FFFF, 0x1E00FFFF, 0x1C7FFFFF:
        times = START, START + 3
        seconds = 0, 0, 9, 10, 11, 130, 131, 299, 300
        write(f"classroom_{bits:08x}", later(CLASSROOM, 2016, bits, *times) + after(*seconds))
        write(f"bitcoin_{bits:08x}", later(BITCOIN, 2016, bits, *times) + after(9, flags=JUMP) + after(5, 600))

    regression("target-of-1-becomes-0", later(CLASSROOM, 2016, 0x01010000, START, START) + after(0, 0, 0))
    regression("target-beyond-the-limit", later(CLASSROOM, 2016, 0x1F00FFFF, START, START + 300) + after(300, 300))
    slightly_early = later(CLASSROOM, 2016, 0x1E00FFFF, START, START + 9) + after(9, 9, 9, 9)
    regression("exponent-rounded-towards-zero", slightly_early)
    regression("interval-of-a-genesis", CLASSROOM + CLOCK + first(0) + after(START, 10))
    backwards = later(BITCOIN, 2016, 0x1D00FFFF, START, START) + after(1, flags=JUMP) + first(5) + after(1, 1)
    regression("times-that-run-backwards-for-a-period", backwards)
    regression("genesis-with-a-parent", INSTANT + CLOCK + struct.pack("<B", WHOLE | OWN_PREVIOUS) + raw[0][:80])
    regression("clock-at-its-end", INSTANT + b"\xff" * 4 + first(2**32 - 1) + after(0, 1))
    last = INSTANT + CLOCK + first(START) + after(1, 1, flags=JUMP | TO_THE_END)
    regression("beyond-the-last-height", last + after(0, 0, 0))


# Scripts of blocks: how many blocks to take off first; then for each block one byte that is no 0 or 1 modulo 8, one for
# miner, time and number of payments, one for a fault, and for each payment three: parties, amount, fee.
OFFER, TAKE_OFF, FILL = b"\x02", b"\x00", b"\x01"


def block(miner, fault, *payments, time=0):
    head = bytes([miner | time << 2 | len(payments) << 4, fault])
    return OFFER + head + b"".join(bytes(payment) for payment in payments)


def script(*steps, take_off=0):
    return bytes([take_off]) + b"".join(steps)


def payment(sender, receiver, amount=100, fee=200, nonce=0, signed=0):
    return sender | receiver << 2 | nonce << 4 | signed << 6, amount, fee


def scripts(_, __, write, regression):
    some = [payment(0, 1), payment(1, 2), payment(2, 0), payment(0, 0), payment(3, 1), payment(0, 3)]
    write("payments", script(block(0, 0, *some), block(1, 80, *some, time=3), TAKE_OFF, block(2, 50, *some)))
    write("every_fault", script(*(block(3, fault, *some[: fault % 7]) for fault in range(1, 23))))
    write("faults_alone", script(*(block(3, fault) for fault in range(1, 23))))
    write("all_at_once", script(block(0, 0, *[payment(number % 4, number // 4, 20, 9) for number in range(15)])))
    write("fill", script(FILL, b"\x0f", block(1, 0, *some), TAKE_OFF * 3, FILL, b"\x09", take_off=3))
    for name, wrong in {
        "nonce_ahead": payment(0, 1, nonce=1),
        "nonce_again": payment(0, 1, nonce=2),
        "signed_by_another": payment(0, 1, signed=1),
        "signed_for_another_network": payment(0, 1, signed=2),
        "receiver_is_no_key": payment(0, 1, signed=3),
        "all_of_it": payment(0, 1, 252),
        "one_unit_too_much": payment(0, 1, 251),
        "nothing": payment(0, 1, 253),
        "too_much": payment(0, 1, 255, 255),
        "beyond_64_bits": payment(0, 1, 254, 254),
        "to_oneself": payment(0, 0, 252),
    }.items():
        write(name, script(block(0, 0, wrong), block(0, 0, payment(0, 2), wrong, payment(0, 2))))
        write(f"{name}_among_others", script(block(1, 0, *some, wrong, *some)))

    regression("doubled-last-transaction", script(block(0, 14, *some[:2]), block(0, 0, payment(0, 1))))
    regression("doubled-last-two-transactions", script(block(0, 14, *some[:5])))
    regression("all-to-oneself-twice", script(block(0, 0, payment(0, 0, 252), payment(0, 0, 252))))
    regression("emptied-and-filled-again", script(block(0, 0, payment(0, 1, 252), payment(1, 0, 252)), TAKE_OFF * 2))
    regression("spent-before-it-is-credited", script(block(3, 0, payment(3, 0, 252), payment(3, 0, 1))))
    # The first reward is credited by block 11.
    spends = block(0, 0, payment(0, 1, 252))
    regression("first-reward-matures", script(spends, block(0, 0), spends, take_off=6))
    emptied = block(1, 0, payment(0, 1, 252))
    regression("sender-with-nothing-left-is-kept", script(emptied, block(1, 0, payment(0, 1, nonce=2))))
