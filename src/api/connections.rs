//! The open connections: who holds them, which are idle, and which of them ends when a newcomer needs its place.
//!
//! The accept loop alone owns this list, so there is no lock.

use std::{cmp::Reverse, collections::HashMap, sync::Arc, time::Instant};

use thiserror::Error;
use tokio::task::{AbortHandle, Id};

use super::{
    activity::Activity,
    shares::{Holder, leave},
};
use crate::format::capitalised;

/// Why a newcomer gets no place. Each text is a sentence for whoever connects.
#[derive(Debug, PartialEq, Eq, Error)]
pub(super) enum NoPlace {
    #[error(
        "{} has {count} connections with a request under way, and no address may have more. Try again later.",
        capitalised(holder)
    )]
    OfHolder { holder: Holder, count: usize },
    #[error("All {count} connections of this node have a request under way. Try again later.")]
    OfAll { count: usize },
}

/// A connection that is open.
#[derive(Debug)]
struct Open {
    holder: Holder,
    activity: Arc<Activity>,
    task: AbortHandle,
}

/// The open connections.
#[derive(Debug)]
pub(super) struct Connections {
    /// How many there may be.
    places: usize,
    epoch: Instant,
    open: HashMap<Id, Open>,
    held: HashMap<Holder, usize>,
}

impl Connections {
    pub(super) fn new(places: usize) -> Self {
        Self { places, epoch: Instant::now(), open: HashMap::new(), held: HashMap::new() }
    }

    /// The activity of a connection that is to be added.
    pub(super) fn activity(&self) -> Arc<Activity> {
        Activity::new(self.epoch)
    }

    /// Makes sure that there is a place for a connection of this holder. For that, an idle connection may be ended: the holder's
    /// own when it has its share, otherwise one of the holder with the most.
    ///
    /// # Errors
    /// When there is no place and none of these connections is idle.
    pub(super) fn make_room(&mut self, holder: Holder) -> Result<(), NoPlace> {
        let count = self.count(holder);
        if holder.share(self.places).is_some_and(|share| count >= share) {
            let made = self.end_idle(|other| other == holder);
            return if made { Ok(()) } else { Err(NoPlace::OfHolder { holder, count }) };
        }
        if self.open.len() < self.places || self.end_longest_idle() {
            return Ok(());
        }
        Err(NoPlace::OfAll { count: self.open.len() })
    }

    /// Ends the connection that has been idle longest, of the holder with the most. Returns whether there was one.
    pub(super) fn end_longest_idle(&mut self) -> bool {
        self.end_idle(|_| true)
    }

    /// Adds a connection that is served by this task.
    pub(super) fn add(&mut self, holder: Holder, activity: Arc<Activity>, task: AbortHandle) {
        *self.held.entry(holder).or_default() += 1;
        self.open.insert(task.id(), Open { holder, activity, task });
    }

    /// Removes a connection whose task has ended. Those that made room are removed already.
    pub(super) fn remove(&mut self, task: Id) {
        if let Some(open) = self.open.remove(&task) {
            leave(&mut self.held, open.holder);
        }
    }

    fn count(&self, holder: Holder) -> usize {
        self.held.get(&holder).copied().unwrap_or_default()
    }

    fn end_idle(&mut self, of: impl Fn(Holder) -> bool) -> bool {
        loop {
            let idle =
                self.open.iter().filter(|(_, open)| of(open.holder)).filter_map(|(id, open)| {
                    Some((Reverse(self.count(open.holder)), open.activity.idle_since()?, *id))
                });
            let Some((_, since, id)) = idle.min_by_key(|(most, since, _)| (*most, *since)) else { return false };
            // A request may have begun since.
            if let Some(open) = self.open.get(&id)
                && open.activity.end(since)
            {
                open.task.abort();
                self.remove(id);
                return true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::task::JoinSet;

    use super::*;

    /// A list with eight places, so that a share has two, and the tasks of its connections.
    struct List {
        connections: Connections,
        tasks: JoinSet<()>,
    }

    /// A connection of the list.
    struct Member {
        activity: Arc<Activity>,
        task: Id,
    }

    impl List {
        fn new() -> Self {
            Self { connections: Connections::new(8), tasks: JoinSet::new() }
        }

        /// What the server does with a newcomer.
        fn admit(&mut self, holder: Holder) -> Result<Member, NoPlace> {
            self.connections.make_room(holder)?;
            let activity = self.connections.activity();
            let task = self.tasks.spawn(pending());
            let member = Member { activity: activity.clone(), task: task.id() };
            self.connections.add(holder, activity, task);
            Ok(member)
        }

        fn holds(&self, member: &Member) -> bool {
            self.connections.open.contains_key(&member.task)
        }
    }

    fn address(last: u8) -> Holder {
        Holder::of([192, 0, 2, last].into())
    }

    #[tokio::test]
    async fn beyond_its_share_an_address_gives_up_its_own_longest_idle_connection() {
        let mut list = List::new();
        let other = list.admit(address(2)).unwrap();
        let first = list.admit(address(1)).unwrap();
        let second = list.admit(address(1)).unwrap();
        // The first has been used since.
        drop(first.activity.begin().unwrap());
        first.activity.flushed();
        let third = list.admit(address(1)).unwrap();
        assert_eq!([&other, &first, &second, &third].map(|member| list.holds(member)), [true, true, false, true]);
        assert!(second.activity.begin().is_err(), "it is ended");
        assert_eq!(list.tasks.join_next_with_id().await.unwrap().unwrap_err().id(), second.task);
    }

    #[tokio::test]
    async fn beyond_its_share_an_address_without_idle_connections_is_refused() {
        let mut list = List::new();
        let _other = list.admit(address(2)).unwrap();
        let members = [list.admit(address(1)).unwrap(), list.admit(address(1)).unwrap()];
        let requests = members.each_ref().map(|member| member.activity.begin().unwrap());
        let refused = list.admit(address(1)).err().unwrap();
        assert_eq!(refused, NoPlace::OfHolder { holder: address(1), count: 2 });
        assert!(refused.to_string().starts_with("The address 192.0.2.1 has 2 connections"), "{refused}");
        list.admit(address(3)).unwrap();
        drop(requests);
        list.connections.remove(members[0].task);
        list.admit(address(1)).unwrap();
    }

    #[tokio::test]
    async fn when_all_places_are_taken_the_longest_idle_connection_of_whoever_has_most_ends() {
        let mut list = List::new();
        let longest = list.admit(address(1)).unwrap();
        let own: Vec<_> = (0..7).map(|_| list.admit(Holder::Loopback).unwrap()).collect();
        let _busy = own[0].activity.begin().unwrap();
        let newcomer = list.admit(address(2)).unwrap();
        assert!(list.holds(&longest) && list.holds(&newcomer) && list.holds(&own[0]));
        assert!(!list.holds(&own[1]), "the loopback connection that has been idle longest");
        assert_eq!(list.connections.open.len(), 8);
    }

    #[tokio::test]
    async fn when_all_places_are_taken_and_none_is_idle_a_newcomer_is_refused() {
        let mut list = List::new();
        let members: Vec<_> = (0..8).map(|_| list.admit(Holder::Loopback).unwrap()).collect();
        let mut requests: Vec<_> = members.iter().map(|member| member.activity.begin().unwrap()).collect();
        for holder in [Holder::Loopback, address(1)] {
            assert_eq!(list.admit(holder).err().unwrap(), NoPlace::OfAll { count: 8 });
        }
        requests.pop();
        assert!(list.admit(address(1)).is_err(), "an answer that is not sent to its end is not cut off");
        members[7].activity.flushed();
        list.admit(address(1)).unwrap();
        assert!(!list.holds(&members[7]));
    }

    #[tokio::test]
    async fn places_are_free_when_connections_end() {
        let mut list = List::new();
        for _ in 0..20 {
            let member = list.admit(address(1)).unwrap();
            list.connections.remove(member.task);
            // Twice, as for one that made room.
            list.connections.remove(member.task);
        }
        assert!(list.connections.open.is_empty() && list.connections.held.is_empty());
    }
}
