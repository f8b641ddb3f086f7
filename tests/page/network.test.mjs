// The picture of the network: which rows it has, and what is drawn in them. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pictureOf } from "../../page/views/network/drawing.js";
import { distinct, otherAddresses } from "../../page/views/network/distinct.js";
import { relationOf, treeOf } from "../../page/views/network/lanes.js";
import { addressOf, addressesIn, isPortTooLarge, pageOf } from "../../page/views/network/links.js";

const MOST = 22;

/** A network from branches as [parent, fork, length] and nodes as [branch, length, state]; the first node is the one that is asked. */
function network(branches, nodes) {
  return {
    branches: branches.map(([parent, fork, length], at) => ({ parent, fork, length, tip_hash: `tip${at}` })),
    nodes: nodes.map(([branch, length, state = "answers"], at) => ({
      address: at === 0 ? null : `127.0.0.1:${1000 + at}`,
      state: at === 0 ? "here" : state,
      branch,
      length,
      tip_hash: branch === null ? null : length === branches[branch][2] ? `tip${branch}` : `block${branch}-${length}`,
    })),
  };
}

const rowsOf = (picture) =>
  picture.rows.map(({ kind, length, attach, members, relation, common }) => [
    kind,
    length,
    attach,
    members.length,
    relation,
    common,
  ]);

/** Nothing is drawn outside, every node is in exactly one row, and no line crosses another one. */
function checkDrawing({ nodes }, picture) {
  const { rows, drawings } = picture;
  const drawn = rows.flatMap((row) => row.members.map(({ node }) => node));
  assert.equal(drawn.length, nodes.length);
  assert.deepEqual(new Set(drawn), new Set(nodes));
  drawings.forEach((drawing, at) => {
    const places = [
      ...drawing.verticals.map(({ x }) => x),
      ...drawing.line.flatMap(({ from, to }) => [from, to]),
      ...drawing.blocks.map(({ x }) => x),
      ...drawing.breaks.map(({ x }) => x),
    ];
    for (const x of places) assert.ok(x > 0 && x < 100, `${x} in row ${at}`);
    const begins = drawing.line[0]?.from ?? drawing.mark ?? drawing.fan?.x ?? 100;
    for (const { x, from, to } of drawing.verticals) {
      if (from === "top" && to === "bottom") assert.ok(x <= begins, `a line at ${x} crosses row ${at}, from ${begins}`);
    }
    const row = rows[at];
    if (row.attach === null) return;
    assert.ok(rows.indexOf(row.parent) < at);
    assert.ok(drawing.verticals.some(({ from, to }) => from === "top" && (to === "middle" || to === "bottom")));
  });
}

function check(which, expected) {
  const picture = pictureOf(which, MOST);
  checkDrawing(which, picture);
  if (expected) assert.deepEqual(rowsOf(picture), expected);
  return picture;
}

test("one node alone is one row", () => {
  const picture = check(network([[null, 0, 1]], [[0, 1]]), [["tip", 1, null, 1, "same", 1]]);
  assert.deepEqual(
    picture.drawings[0].blocks.map(({ index, kind, tip }) => [index, kind, tip]),
    [[1, "own", true]],
  );
});

test("nodes on one tip share a row", () => {
  check(network([[null, 0, 57]], [[0, 57], [0, 57], [0, 57]]), [["tip", 57, null, 3, "same", 57]]); // prettier-ignore
});

test("a node that is behind is a mark on the chain, and one that parted a branch", () => {
  const picture = check(network([[null, 0, 57], [0, 50, 55]], [[0, 57], [0, 56], [1, 55]]), [
    ["tip", 57, null, 1, "same", 57],
    ["behind", 56, 56, 1, "behind", 56],
    ["tip", 55, 50, 1, "parted", 50],
  ]); // prettier-ignore
  const [own, behind, parted] = picture.drawings;
  assert.deepEqual(
    own.blocks.map(({ index }) => index),
    [1, 50, 51, 53, 54, 55, 56, 57],
  );
  assert.equal(own.breaks.length, 2);
  assert.ok(behind.mark > parted.line[0].from);
  assert.deepEqual(
    parted.blocks.map(({ index, kind }) => [index, kind]),
    [51, 53, 54, 55].map((index) => [index, "other"]),
  );
  assert.ok(behind.verticals.some(({ dashed }) => dashed));
  assert.ok(parted.verticals.every(({ dashed }) => !dashed));
});

test("a branch that goes on where its parent ends is the same line", () => {
  const picture = check(network([[null, 0, 57], [0, 57, 60]], [[0, 57], [1, 60]]), [
    ["tip", 60, null, 1, "ahead", 57],
    ["behind", 57, 57, 1, "same", 57],
  ]); // prettier-ignore
  assert.deepEqual(
    picture.drawings[0].line.map(({ kind }) => kind),
    ["own", "ahead"],
  );
});

test("of two branches that go on, the longer one is the line", () => {
  check(network([[null, 0, 5], [0, 5, 6], [0, 5, 8]], [[0, 5], [1, 6], [2, 8]]), [
    ["tip", 8, null, 1, "ahead", 5],
    ["behind", 5, 5, 1, "same", 5],
    ["tip", 6, 5, 1, "ahead", 5],
  ]); // prettier-ignore
});

test("a branch on a branch hangs on it, and parts from this node where the first one does", () => {
  check(network([[null, 0, 57], [0, 50, 55], [1, 52, 54]], [[0, 57], [1, 55], [2, 54]]), [
    ["tip", 57, null, 1, "same", 57],
    ["tip", 55, 50, 1, "parted", 50],
    ["tip", 54, 52, 1, "parted", 50],
  ]); // prettier-ignore
});

test("a branch may come before its parent", () => {
  const tree = treeOf(network([[null, 0, 9], [2, 7, 8], [0, 5, 8]], [[0, 9], [1, 8], [2, 8]])); // prettier-ignore
  assert.equal(tree.lanes[1].parent, tree.lanes[2]);
  assert.deepEqual(relationOf(tree, tree.lanes[1], 8), { relation: "parted", common: 5 });
});

test("chains without a common block are rows of their own, with their own first block", () => {
  const picture = check(network([[null, 0, 3], [null, 0, 1]], [[0, 3], [1, 1]]), [
    ["tip", 3, null, 1, "same", 3],
    ["tip", 1, null, 1, "parted", 0],
  ]); // prettier-ignore
  assert.deepEqual(picture.drawings[1].verticals, []);
});

test("nodes whose chain is not known come last, and one that is gone stays where it was", () => {
  const picture = check(network([[null, 0, 3]], [[0, 3], [null, null, "unasked"], [0, 3, "fails"], [null, null, "fails"]]), [
    ["tip", 3, null, 2, "same", 3],
    ["unknown", 0, null, 2, null, 0],
  ]); // prettier-ignore
  assert.deepEqual(picture.rows[0].members.map(({ node }) => node.state), ["here", "fails"]); // prettier-ignore
});

test("60 nodes on one tip are one row", () => {
  check(network([[null, 0, 57]], Array(60).fill([0, 57])), [["tip", 57, null, 60, "same", 57]]);
});

test("60 nodes that part at 15 places are 15 fans of names", () => {
  const branches = [[null, 0, 57]];
  const nodes = [[0, 57]];
  for (let at = 1; at < 60; at += 1) {
    const fork = 40 + (at % 15);
    branches.push([0, fork, fork + 1 + (at % 4)]);
    nodes.push([at, fork + 1 + (at % 4)]);
  }
  const picture = check(network(branches, nodes));
  assert.equal(picture.rows.length, 16);
  assert.ok(picture.rows.slice(1).every((row) => row.kind === "fan" && row.range[0] === row.range[1]));
  const few = pictureOf(network(branches, nodes), 8);
  assert.equal(few.rows.length, 5);
  assert.deepEqual(few.rows[1].range, [51, 54]);
});

test("60 nodes that share no block are two rows", () => {
  const branches = Array.from({ length: 60 }, (_, at) => [null, 0, (at % 7) + 1]);
  const nodes = branches.map(([, , length], at) => [at, length]);
  check(network(branches, nodes), [
    ["tip", 1, null, 1, "same", 1],
    ["fan", 0, null, 59, "parted", 0],
  ]);
});

test("whatever 60 nodes do, there are not more rows than fit", () => {
  let seed = 7;
  const random = (below) => (seed = (seed * 48271) % 0x7fffffff) % below;
  for (let round = 0; round < 300; round += 1) {
    const branches = [[null, 0, 1 + random(60)]];
    const nodes = [[0, branches[0][2]]];
    for (let at = 1; at < 60; at += 1) {
      const kind = random(6);
      const parent = random(branches.length);
      const end = branches[parent][2];
      const begin = branches[parent][1];
      if (kind === 0) branches.push([null, 0, 1 + random(60)]);
      else if (kind < 4) {
        const fork = begin + 1 + random(end - begin);
        branches.push([parent, fork, fork + 1 + random(9)]);
      }
      const own = kind < 4 ? branches.length - 1 : parent;
      const length = kind < 4 ? branches[own][2] : begin + 1 + random(end - begin);
      nodes.push([own, length]);
    }
    const picture = check(network(branches, nodes));
    assert.ok(picture.rows.length <= MOST, `${picture.rows.length} rows in round ${round}`);
    for (const most of [14, 8, 4]) checkDrawing(network(branches, nodes), pictureOf(network(branches, nodes), most));
  }
});

test("peers of one machine are linked by the host that the visitor used", () => {
  const own = ["http://192.168.1.7:1001"];
  assert.equal(pageOf("127.0.0.1:1002", "192.168.1.7", own), "http://192.168.1.7:1002/");
  assert.equal(pageOf("0.0.0.0:1002", "school.example", own), "http://school.example:1002/");
  assert.equal(pageOf("localhost:1002", "localhost", own), "http://localhost:1002/");
  assert.equal(pageOf("[::1]:1002", "school.example", own), "http://school.example:1002/");
  assert.equal(pageOf("192.168.1.7:1002", "127.0.0.1", own), "http://127.0.0.1:1002/");
  assert.equal(pageOf("192.168.1.9:1002", "127.0.0.1", own), "http://192.168.1.9:1002/");
  assert.equal(pageOf("127.0.0.1:1002", "[::1]", []), "http://[::1]:1002/");
  assert.equal(pageOf("a b", "x", own), null);
});

test("what is typed or pasted to connect nodes", () => {
  assert.deepEqual(addressesIn(" 5002 "), ["5002"]);
  assert.deepEqual(addressesIn("５００２，127.0.0.1:5003\nhttp://x:1"), ["5002", "127.0.0.1:5003", "http://x:1"]);
  assert.deepEqual(addressesIn('{"nodes": ["a:1", "b:2"]}'), ["a:1", "b:2"]);
  for (const wrong of ["", "  ", "{", '{"nodes": [1]}', '{"nodes": "a"}']) assert.equal(addressesIn(wrong), null);
  assert.deepEqual(addressesIn("：5002、:5003 [::1]:5004"), ["5002", "5003", "[::1]:5004"]);
  assert.equal(addressesIn("七千"), null);
  for (const wrong of ["127.0.0.1:65536", "http://x:99999/", "[::1]:70000"]) assert.ok(isPortTooLarge(wrong), wrong);
  for (const right of ["127.0.0.1:65535", "99999.example", "x", "[::1]", "7"]) assert.ok(!isPortTooLarge(right), right);
  assert.equal(addressOf("5002"), "127.0.0.1:5002");
  assert.equal(addressOf("http://127.0.0.1:5002/"), "127.0.0.1:5002");
  assert.equal(addressOf("school.example"), "school.example:80");
});

test("a node that is listed under several addresses is one", () => {
  const node = (address, node_address, state = "answers") => ({ address, node_address, state });
  const here = node(null, "a", "here");
  const [first, second, silent, other] = [
    node("x:1", "b", "fails"),
    node("y:1", "b"),
    node("z:1", null),
    node("z:2", null),
  ];
  const nodes = [here, first, silent, second, other];
  assert.deepEqual(distinct({ nodes, branches: [] }).nodes, [here, second, silent, other]);
  assert.deepEqual(otherAddresses(nodes, second), ["x:1"]);
  assert.deepEqual(otherAddresses(nodes, silent), []);
  const answering = { ...first, state: "answers" };
  assert.deepEqual(distinct({ nodes: [here, answering, second], branches: [] }).nodes, [here, answering]);
});
