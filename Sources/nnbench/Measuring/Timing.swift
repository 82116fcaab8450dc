/// How long steps take, in milliseconds.
struct Timing {
  /// The median over repetitions.
  let median: Double
  /// The fastest repetition.
  let fastest: Double

  /// Measures a step after five for warming up.
  ///
  /// A repetition takes as many steps as last about 50 ms, so that reading the clock costs nothing.
  init(seconds: Double, step: () -> Void) {
    for _ in 0..<5 { step() }
    let clock = ContinuousClock()
    let stepsPerRepetition = max(1, Int(0.05 / (clock.measure(step) / .seconds(1))))
    let end = clock.now + .seconds(seconds)
    var times: [Double] = []
    repeat {
      let duration = clock.measure {
        for _ in 0..<stepsPerRepetition { step() }
      }
      times.append(duration / .milliseconds(stepsPerRepetition))
    } while clock.now < end
    times.sort()
    median = (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
    fastest = times[0]
  }
}
