//! Addresses by the definition of BIP 350, group by group.

const CHARACTERS: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
/// How many groups of 5 bits hold 33 bytes.
const GROUPS: usize = 53;

/// The text of an address with these groups, whatever they hold.
pub fn address(groups: &[u8; GROUPS]) -> String {
    let residue = polymod(groups.iter().copied().chain([0; 6])) ^ 0x2bc8_30a3;
    let checksum = (0..6).map(|at| (residue >> (5 * (5 - at)) & 31) as u8);
    let character = |group: u8| char::from(CHARACTERS.as_bytes()[usize::from(group)]);
    "bco1".chars().chain(groups.iter().copied().chain(checksum).map(character)).collect()
}

/// The 33 bytes of an address; `None` when the text is none. Whether they are a key is not judged.
pub fn payload(text: &str) -> Option<[u8; 33]> {
    let lower = text.to_ascii_lowercase();
    let is_mixed = text != lower && text != text.to_ascii_uppercase();
    let groups: Option<Vec<u8>> =
        lower.strip_prefix("bco1")?.chars().map(|character| CHARACTERS.find(character).map(|at| at as u8)).collect();
    let groups = groups?;
    if is_mixed || groups.len() != GROUPS + 6 || polymod(groups.iter().copied()) != 0x2bc8_30a3 {
        return None;
    }
    let bits: Vec<u8> = groups[..GROUPS].iter().flat_map(|group| (0..5).rev().map(move |at| group >> at & 1)).collect();
    let byte = |at: usize| bits[8 * at..8 * at + 8].iter().fold(0, |byte, bit| byte << 1 | bit);
    // 265 bits: one is left over.
    let payload: [u8; 33] = std::array::from_fn(byte);
    (bits[264] == 0 && payload[0] == 0).then_some(payload)
}

/// The checksum over the prefix and the groups.
fn polymod(groups: impl Iterator<Item = u8>) -> u32 {
    let prefix = b"bco".iter().map(|byte| byte >> 5).chain([0]).chain(b"bco".iter().map(|byte| byte & 31));
    prefix.chain(groups).fold(1, |residue, group| {
        let top = residue >> 25;
        let next = (residue & 0x1ff_ffff) << 5 ^ u32::from(group);
        (0..5).filter(|at| top >> at & 1 == 1).fold(next, |next, at| next ^ GENERATOR[at])
    })
}
