//! Fault 6: two processes on one folder.

use std::time::{Duration, Instant};

use super::{bench::Bench, node::command};

/// Within which time the second process has to end.
const END_TIMEOUT: Duration = Duration::from_secs(2);

pub async fn run(bench: &mut Bench) {
    let result = one_folder(bench).await;
    bench.tally.judge(result);
}

async fn one_folder(bench: &mut Bench) -> Result<(), String> {
    let folder = bench.fresh_folder();
    let accounts = bench.accounts();
    let first = bench.start(&folder)?;
    let customer = bench.customer(&first, &accounts);
    for second in 1..=bench.times(5, 25) {
        bench.tally.begin(format!("second process number {second}"));
        let payer = customer.clone();
        let paying = tokio::spawn(async move {
            for _ in 0..20 {
                payer.pay().await?.expect(201)?;
            }
            payer.mine().await?.expect(200)?;
            Ok::<(), String>(())
        });
        let started = Instant::now();
        let mut second = bench.launch(command(&folder));
        let ended = second.until_ended(END_TIMEOUT).ok_or("the second process does not end")?;
        let took = started.elapsed();
        let named = ended.stderr.contains(&folder.display().to_string()) && ended.stderr.contains("in use");
        if ended.status.code() != Some(1) || !named || took > END_TIMEOUT {
            return Err(format!("the second process, after {took:?}: {}", String::from(ended)));
        }
        paying.await.map_err(|error| error.to_string())??;
        customer.inspect().await?;
    }
    customer.mine_and_check().await?;
    first.terminate()?;
    bench.check_folder(&folder, &accounts).await
}
