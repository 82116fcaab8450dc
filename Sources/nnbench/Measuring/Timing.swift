/// The times of steps, in milliseconds.
struct Timing {
  /// The median over repetitions.
  let median: Double
  /// The fastest repetition.
  let fastest: Double
  /// The slowest single step, which a median hides: other processes may delay a thread.
  let slowest: Double

  /// Measures a step after five warm-up steps.
  ///
  /// A repetition consists of steps for about 50 ms.
  init(seconds: Double, step: () -> Void) {
    for _ in 0..<5 { step() }
    let clock = ContinuousClock()
    let stepsPerRepetition = max(1, Int(0.05 / (clock.measure(step) / .seconds(1))))
    let end = clock.now + .seconds(seconds)
    var times: [Double] = []
    var longest = Duration.zero
    repeat {
      let start = clock.now
      var last = start
      for _ in 0..<stepsPerRepetition {
        step()
        let now = clock.now
        longest = max(longest, last.duration(to: now))
        last = now
      }
      times.append(start.duration(to: last) / .milliseconds(stepsPerRepetition))
    } while clock.now < end
    times.sort()
    median = (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
    fastest = times[0]
    slowest = longest / .milliseconds(1)
  }
}
