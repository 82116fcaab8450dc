/// Takes a random window of a series and stretches it to the length of the series, linearly.
///
/// Source: Le Guennec, Malinowski, Tavenard, "Data augmentation for time series classification using
/// convolutional neural networks", ECML/PKDD workshop 2016.
public struct WindowSlice: Augmentation {
  /// The window's share of the series, above 0 and at most 1.
  public let share: Double

  /// Creates the augmentation; the window is 0.9 of the series by default.
  public init(share: Double = 0.9) { self.share = share }

  /// The name in config files: `window_slice`.
  public var name: String { "window_slice" }
  /// Series.
  public var kinds: Set<ExampleKind> { [.series] }
  /// True: steps move.
  public var movesPositions: Bool { true }

  /// Stretches a random window.
  public func apply(to example: inout AugmentedExample, _ random: inout AugmentationRandom) {
    let steps = example.validHeight
    let window = min(steps, max(1, Int((share * Double(steps)).rounded(.up))))
    guard window < steps else { return }
    let first = random.integer(below: steps - window + 1)
    let speed = Double(window - 1) / Double(steps - 1)
    example.resampleSteps { Double(first) + Double($0) * speed }
  }
}
