//! Shares: of what a node has a bounded number of, no address outside loopback takes more than a quarter
//! (docs/contract.md section 6).

use std::{
    collections::HashMap,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

/// The part of all places that one address may hold: one of so many.
const SHARE: usize = 4;

/// The address a request comes from. The server adds it to each request.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClientAddress(pub(super) IpAddr);

/// Who holds a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Holder {
    /// This machine. It is not limited to a share.
    Loopback,
    /// An IPv4 address, or an IPv6 address that maps one.
    V4(Ipv4Addr),
    /// The first 64 bits of an IPv6 address: whoever has one address of such a network can use all of them.
    V6(u64),
}

impl Holder {
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            address if address.is_loopback() => Self::Loopback,
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6((address.to_bits() >> 64) as u64),
        }
    }

    /// How many of all places this holder may have at most; none when it may have all.
    pub(super) fn share(self, places: usize) -> Option<usize> {
        (self != Self::Loopback).then_some((places / SHARE).max(1))
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loopback => f.write_str("this machine"),
            Self::V4(address) => write!(f, "the address {address}"),
            Self::V6(network) => write!(f, "the network {}/64", Ipv6Addr::from_bits(u128::from(*network) << 64)),
        }
    }
}

/// Places of a kind are held, as many as may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooManyPlaces {
    pub(super) holders: Holders,
    pub(super) places: usize,
}

/// Who holds so many places that there is none for one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holders {
    /// The one who asks: it has its share.
    One(Holder),
    /// All but this machine together.
    Others,
}

impl fmt::Display for Holders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(holder) => holder.fmt(f),
            Self::Others => f.write_str("the rest of the network"),
        }
    }
}

/// Counts the places of one kind that each holder has.
#[derive(Clone, Debug)]
pub(super) struct Shares(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    places: usize,
    /// Whether all but this machine together have no more than the places; otherwise something else sees to that.
    is_total: bool,
    held: Mutex<HashMap<Holder, usize>>,
    /// Wakes those that wait, whenever a place is free again.
    freed: Notify,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    holder: Holder,
    shares: Shares,
}

impl Shares {
    /// Shares of so many places. How many places are held in all is bounded elsewhere.
    pub(super) fn new(places: usize) -> Self {
        Self::begin(places, false)
    }

    /// Shares of so many places, of which all holders but this machine have no more together.
    pub(super) fn with_total(places: usize) -> Self {
        Self::begin(places, true)
    }

    fn begin(places: usize, is_total: bool) -> Self {
        Self(Arc::new(Inner { places, is_total, held: Mutex::default(), freed: Notify::new() }))
    }

    /// Takes a place out of the holder's share.
    ///
    /// # Errors
    /// When the holder has its share already, or no place is free.
    pub(super) fn take(&self, holder: Holder) -> Result<Place, TooManyPlaces> {
        let (mut held, places) = (self.held(), self.0.places);
        if let Some(share) = holder.share(places) {
            if held.get(&holder).is_some_and(|count| *count >= share) {
                return Err(TooManyPlaces { holders: Holders::One(holder), places: share });
            }
            let others = || held.iter().filter(|(holder, _)| **holder != Holder::Loopback).map(|(_, count)| count);
            if self.0.is_total && others().sum::<usize>() >= places {
                return Err(TooManyPlaces { holders: Holders::Others, places });
            }
        }
        *held.entry(holder).or_default() += 1;
        Ok(Place { holder, shares: self.clone() })
    }

    /// Takes a place out of the holder's share, and waits for it if need be.
    pub(super) async fn wait(&self, holder: Holder) -> Place {
        loop {
            // It is woken by everything that happens from here on.
            let freed = self.0.freed.notified();
            if let Ok(place) = self.take(holder) {
                return place;
            }
            freed.await;
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Holder, usize>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        leave(&mut self.shares.held(), self.holder);
        self.shares.0.freed.notify_waiters();
    }
}

/// Counts one place less for a holder, and forgets those without places.
pub(super) fn leave(held: &mut HashMap<Holder, usize>, holder: Holder) {
    if let Some(count) = held.get_mut(&holder) {
        *count -= 1;
        if *count == 0 {
            held.remove(&holder);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn holder(address: &str) -> Holder {
        Holder::of(address.parse().unwrap())
    }

    #[test]
    fn an_address_is_counted_however_it_is_written() {
        assert_eq!(holder("192.0.2.7"), holder("::ffff:192.0.2.7"));
        assert_eq!(holder("2001:db8:1:2::1"), holder("2001:db8:1:2:ffff::9"));
        assert_ne!(holder("2001:db8:1:2::1"), holder("2001:db8:1:3::1"));
        assert_ne!(holder("192.0.2.7"), holder("192.0.2.8"));
        for address in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(holder(address), Holder::Loopback, "{address}");
        }
        assert_eq!(holder("2001:db8:1:2::1").to_string(), "the network 2001:db8:1:2::/64");
        assert_eq!(holder("::ffff:192.0.2.7").to_string(), "the address 192.0.2.7");
    }

    #[test]
    fn an_address_takes_a_quarter_and_leaves_the_rest_to_others() {
        let shares = Shares::new(8);
        let (one, other) = (holder("192.0.2.7"), holder("192.0.2.8"));
        let first = shares.take(one).unwrap();
        let _second = shares.take(one).unwrap();
        assert_eq!(shares.take(one).unwrap_err(), TooManyPlaces { holders: Holders::One(one), places: 2 });
        let _others = shares.take(other).unwrap();
        drop(first);
        let _first = shares.take(one).unwrap();
        assert!(shares.take(one).is_err());
    }

    #[test]
    fn a_total_bounds_all_addresses_together_and_not_this_machine() {
        let shares = Shares::with_total(8);
        let addresses = (1..=4).flat_map(|last| [last; 2]).map(|last| holder(&format!("192.0.2.{last}")));
        let mut held: Vec<_> = addresses.map(|holder| shares.take(holder).unwrap()).collect();
        let other = holder("192.0.2.9");
        assert_eq!(shares.take(other).unwrap_err(), TooManyPlaces { holders: Holders::Others, places: 8 });
        let _own = shares.take(Holder::Loopback).unwrap();
        held.pop();
        let _others = shares.take(other).unwrap();
        assert!(shares.take(other).is_err());
    }

    #[tokio::test]
    async fn an_address_waits_for_its_own_places_and_not_for_those_of_others() {
        let shares = Shares::new(2);
        let (one, other) = (holder("192.0.2.7"), holder("192.0.2.8"));
        let first = shares.wait(one).await;
        let mut second = Box::pin(shares.wait(one));
        assert!((&mut second).now_or_never().is_none());
        let others = shares.wait(other).await;
        assert!((&mut second).now_or_never().is_none());
        drop(others);
        assert!((&mut second).now_or_never().is_none());
        drop(first);
        let _second = second.await;
    }

    #[test]
    fn loopback_is_not_limited_to_a_share() {
        let shares = Shares::new(8);
        let all: Vec<_> = (0..8).map(|_| shares.take(Holder::Loopback).unwrap()).collect();
        drop(all);
        assert!(shares.held().is_empty(), "nothing is kept of those that hold no place");
    }

    #[test]
    fn a_few_places_are_shared_too() {
        assert_eq!(holder("192.0.2.7").share(2), Some(1));
    }
}
