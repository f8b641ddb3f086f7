// 可靠规则下的简体中文：这套规则独有的说法，以及与书中规则不同的说法。

import zhCN from "../zh-CN.js";

/** @import { SoundTexts } from "../../../types/texts.d.ts" */

const n = (/** @type {number} */ count) => count.toLocaleString("zh-CN");

/** @type {SoundTexts} */
export default {
  coins: (amount) => `${amount} 个币`,
  room: "房间",
  profile: (name) =>
    ({ classroom: "课堂模式（classroom）", instant: "即时模式（instant），几乎没有难度" })[name] ?? `模式 ${name}`,
  work: (hashes) => `工作量：${hashes} 次哈希`,
  bits: "难度目标（bits）",
  nonce: "随机数（nonce）",
  merkleRoot: "默克尔根",
  unixSeconds: (seconds) => `Unix 时间 ${seconds}（参与哈希计算）`,
  onAverage: (trials) => `平均需要 ${trials} 次哈希`,
  versionWord: "版本",
  size: "大小",
  bytes: (count) => `${count} 字节`,
  rewardWord: "奖励",
  rewardAndFees: "奖励和手续费",
  feesIn: "其中的手续费",
  fee: "手续费",
  transfer: "付款",
  note: "附言",
  noteBytes: "附言（字节）",
  id: "编号",
  signature: "签名",
  nobody: "无人",
  beside: "这个区块不在链上：它在旁边的分支上。",
  signedElsewhere: [
    "本页还没有密钥，不能签名；钱包会在以后的版本中提供。请把已经签名的交易发送到 ",
    "POST /add_transaction",
    "。",
  ],
  left: (why, count) =>
    ({
      replaced: `${n(count)} 笔交易不再等待：付款人用手续费更高的交易替换了它。`,
      evicted: `${n(count)} 笔交易不再等待：等待的太多，其他交易每字节付的手续费更高。`,
      invalid: `${n(count)} 笔交易不再等待：在最新的区块之后，它已无效。`,
      undone: `${n(count)} 笔交易被撤销：链放弃了它所在的区块，而在取而代之的区块之后，它已无效。`,
    })[why] ?? `${n(count)} 笔交易不再等待。`,
  noReceiver: "本节点不能挖矿，因为没有收款人：启动节点时请加上 --miner ADDRESS（ADDRESS 为地址）。",
  lastBlock: (index) => `最新的区块：${index}`,
  chance: (trials) =>
    `在这个难度下，一个区块平均需要尝试 ${trials} 次。要找多久，事先谁也不知道：每次尝试的机会都一样。`,
  foundBy: "挖出者",
  foundHere: "本节点",
  foundElsewhere: "其他节点",
  afterTries: (tries) => `，尝试 ${tries} 次`,
  inTime: (took) => `，用时 ${took}`,
  logBlockCame: (index, count) => `从别处收到区块 ${index}：${n(count)} 笔交易。`,
  logTransaction: "一笔交易正在等待：",
  undone: (blocks, returned, gone) =>
    [
      `放弃了 ${n(blocks)} 个区块`,
      returned > 0 && `${n(returned)} 笔交易重新等待`,
      gone > 0 && `${n(gone)} 笔交易已消失`,
    ]
      .filter(Boolean)
      .join("；") + "。",
  deep: (blocks) =>
    `请注意，一次就有 ${n(blocks)} 个：别处来的链比它们全部的工作量还要多。看似确定的交易可能已经消失。`,
  addressOf: "查看一个地址",
  addressHint: "bco1…",
  sentCount: "已付款次数",
  nextNonce: "下一笔付款的序号（nonce）",
  immature: "尚不能使用的奖励",
  accountEmpty: "链上没有涉及这个地址的交易。",
  older: "显示更早的交易",
  waits: "等待中",
  joinElsewhere:
    "如果对方的节点显示本节点在“另一个房间”，请索取第一个区块的文件，启动时用 --genesis FILE 代替 --room 和 --profile。",

  barLongest: "最多工作量",
  pendingNone: "没有等待中的交易。",
  pendingHelp:
    "交易要等到被写入区块才算完成。付款人已经签名，也有足够的余额；手续费归矿工。矿工先选每字节手续费最高的交易。",
  searchNone: "还没有读取到区块",
  searchHelp:
    "矿工不断更换随机数，反复计算区块头的哈希；区块头代表了区块的全部内容。哈希不能大于 bits 所表示的目标值。",
  pictureSummary: (nodes, others, longest) =>
    nodes === 1
      ? `只有本节点，共 ${n(longest)} 个区块。`
      : `${n(nodes)} 个节点${others > 0 ? `，另有 ${n(others)} 条不同的链` : ""}；最高到区块 ${longest}。`,
  newsMany: (count, longest) => `${n(count)} 个节点有变化；最高到区块 ${longest}。`,
  longest: "查找工作量最多的链",
  longestHelp: "本节点向其他所有节点询问是否有更多的工作量，验证它们的区块，然后采用工作量最多的有效链。",
  replacedBy: (address, length) => `${address} 的链工作量更多，已被采用：共 ${n(length)} 个区块。`,
  replacedFile: (length) => `已采用工作量更多的链：共 ${n(length)} 个区块。`,
  kept: "没有工作量更多的链，保留自己的链。",
  offer: (code) =>
    ({
      adopted: "工作量最多的有效链",
      not_longer: "工作量不比自己的链多",
      tie: "工作量与被采用的链相同，但后者先到",
      outdone: "另一条链的工作量更多",
    })[/** @type {string} */ (code)] ?? zhCN.offer(code),
  notReturned: (count) => `被放弃的区块中有 ${n(count)} 笔交易已消失：在取而代之的区块之后，它们已无效。`,

  accountsNone: "还没有地址拥有币：奖励要在其区块之后的第 11 个区块才能使用。",
  accountsHelp:
    "每个地址可以使用的金额。余额不会小于零：余额不足的交易不会被写入区块。奖励从其区块之后的第 11 个区块起才能使用。",

  logNone: "还没有动静。",
  logBlock: (index, count) => `本节点挖出了区块 ${index}：${n(count)} 笔交易。`,
  words: [
    [
      "哈希",
      "一段字节的指纹：由 SHA-256（这里计算两次）得出的 64 位十六进制数字。同样的字节总有同样的哈希；哪怕最小的改动也会得到另一个哈希。",
    ],
    ["区块", "账本的一页：80 字节的区块头、矿工的奖励，以及若干交易。"],
    ["默克尔根", "代表一个区块全部交易的一个哈希。它写在区块头里，所以工作量也涵盖区块的内容。"],
    ["挖矿", "不断更换随机数，计算区块头的哈希，直到哈希不大于目标值。找到的人得到奖励和全部手续费。"],
    ["难度目标（bits）", "目标值的简写。目标值越低，一个区块需要尝试的次数越多。"],
    ["工作量", "一条链的全部区块平均一共需要多少次哈希。"],
    [
      "最多工作量",
      "当节点的链不同时，工作量最多的有效链获胜，不管它有多长。只存在于另一条链上的交易，如果仍然有效，就重新等待。",
    ],
    ["地址", "某个人的公钥，写成文本。只有与它对应的密钥才能签署从它付出的交易。"],
    ["交易的序号（nonce）", "付款人在此之前已付款的次数。这样，任何一笔交易都不会被记两次。"],
  ],
  problem: (kind) =>
    ({
      "no-receiver": "本节点不能挖矿，因为没有收款人：启动节点时请加上 --miner ADDRESS（ADDRESS 为地址）。",
      "clock-behind": "最后一个区块的时间超前于节点所在机器的时钟：请校准时钟，或稍等片刻。",
      "broken-rule": "这不符合规则。",
      "bad-mode": "在这套规则下不能这样挖矿。",
      "bad-path": "这不是地址。地址有 63 个字符，以 bco1 开头。",
      "unknown-account": "链上没有涉及这个地址的交易。",
      "unknown-transaction": "节点不认识这笔交易。",
      "not-confirmed": "链上还没有区块包含这笔交易。",
      "too-many-blocks": "节点正在处理其他区块，请稍后再试。",
    })[kind] ?? zhCN.problem(kind),
};
