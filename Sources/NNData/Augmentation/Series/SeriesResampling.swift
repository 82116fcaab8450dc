extension AugmentedExample {
  /// Replaces the valid steps of a series by values at other times, interpolated linearly.
  ///
  /// - Parameter time: The time of a new step, from 0 to the last valid step.
  mutating func resampleSteps(_ time: (_ step: Int) -> Double) {
    let (steps, features) = (validHeight, layout.width)
    guard steps > 1 else { return }
    let count = count
    replace(layout: layout) { source, target in
      for step in 0..<steps {
        let place = min(max(time(step), 0), Double(steps - 1))
        let low = min(Int(place), steps - 2)
        let share = place - Double(low)
        for feature in 0..<features {
          let index = low * features + feature
          target[step * features + feature] =
            source[index] * (1 - share) + source[index + features] * share
        }
      }
      for index in steps * features..<count { target[index] = source[index] }
    }
  }
}
