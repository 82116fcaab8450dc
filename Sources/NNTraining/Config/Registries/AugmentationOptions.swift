import NNData

/// Options that several augmentations have.
extension Registry where Product == any DataAugmentation {
  /// The option `p`.
  static func probability(
    _ options: OptionReader, default standard: Double = 0.5,
    _ meaning: String = "the probability"
  ) -> Double {
    options.value("p", .number(.probability), default: standard, meaning)
  }

  /// The option `alpha` of mixtures.
  static func alpha(_ options: OptionReader) -> Double {
    options.value(
      "alpha", .number(.positive), default: 1,
      "the parameter of the distribution Beta(alpha, alpha) of λ; small for little mixing")
  }

  /// The border of an image: its width, `fill` and `padding_mode`.
  static func pad(
    _ options: OptionReader, _ name: String, default standard: [Int]
  ) -> () -> Pad {
    let widths = options.value(
      name, .list(.integer(0..., atMost: OptionBound.small), count: 1...4), default: standard,
      "the width of the border: for all sides, [across, down] or [left, top, right, bottom]")
    options.check(
      widths.count != 3, on: name, "`\(name)` has 1, 2 or 4 numbers, not 3")
    let fill = options.value(
      "fill", .number(), default: 0, "the number of a constant border; 1 is white in bytes")
    let border = options.value(
      "padding_mode", .choice(BorderMode.allCases.map { ($0.rawValue, $0) }), default: .constant,
      "what the border holds: a number, the nearest pixel, or the mirror image without or with "
        + "the edge")
    return { Pad(ImagePadding(widths), fill: fill, border: border) }
  }

  /// How an image is resampled: `interpolation` and `fill`.
  static func warp(
    _ options: OptionReader, _ standard: Interpolation
  ) -> (interpolation: Interpolation, fill: Double) {
    let interpolation = options.value(
      "interpolation", .choice(Interpolation.allCases.map { ($0.rawValue, $0) }),
      default: standard, "how numbers between pixels are computed")
    let fill = options.value(
      "fill", .number(), default: 0, "the number outside the image; 1 is white in bytes")
    return (interpolation, fill)
  }

  /// The option `ratio` of rectangles.
  static func ratio(
    _ options: OptionReader, default standard: ClosedRange<Double>
  ) -> ClosedRange<Double> {
    range(
      options, "ratio", .number(.positive), default: standard,
      "the least and the greatest width ÷ height")
  }

  /// An option that is a list of the least and the greatest number.
  static func range(
    _ options: OptionReader, _ name: String, _ kind: OptionKind<Double>,
    default standard: ClosedRange<Double>, _ meaning: String
  ) -> ClosedRange<Double> {
    let bounds = options.value(
      name, .list(kind, count: 2...2), default: [standard.lowerBound, standard.upperBound], meaning)
    options.check(
      bounds[0] <= bounds[1], on: name, "`\(name)` is [least, greatest], not \(bounds)")
    return ordered(bounds[0], bounds[1])
  }

  /// An option that is the greatest number to both sides of 0, or [least, greatest].
  static func spread(
    _ options: OptionReader, _ name: String, default standard: [Double], _ meaning: String
  ) -> ClosedRange<Double> {
    let bounds = options.value(
      name, .list(.number(), count: 1...2), default: standard, meaning)
    options.check(
      bounds.count == 2 || bounds[0] >= 0, on: name, "one number is ≥ 0: to both sides of 0")
    options.check(
      bounds.count < 2 || bounds[0] <= bounds[bounds.count - 1], on: name,
      "`\(name)` is [least, greatest], not \(bounds)")
    return bounds.count == 2 ? ordered(bounds[0], bounds[1]) : ordered(-bounds[0], bounds[0])
  }

  /// An option that is a factor: how far it is from 1 at most, or [least, greatest].
  static func factor(_ options: OptionReader, _ name: String) -> ClosedRange<Double> {
    let bounds = options.value(
      name, .list(.number(.nonNegative), count: 1...2), default: [0],
      "how far its factor is from 1 at most, or [least, greatest]")
    options.check(
      bounds.count < 2 || bounds[0] <= bounds[bounds.count - 1], on: name,
      "`\(name)` is [least, greatest], not \(bounds)")
    return bounds.count == 2
      ? ordered(bounds[0], bounds[1]) : ordered(max(0, 1 - bounds[0]), 1 + bounds[0])
  }

  /// The option `shear`: a number for x, or two or four.
  static func shear(
    _ options: OptionReader
  ) -> (x: ClosedRange<Double>, y: ClosedRange<Double>) {
    let bounds = options.value(
      "shear", .list(.number(), count: 1...4), default: [0],
      "degrees along x: to both sides, [least, greatest], or with y as four numbers")
    options.check(bounds.count != 3, on: "shear", "`shear` has 1, 2 or 4 numbers, not 3")
    options.check(
      bounds.allSatisfy { $0.magnitude < 90 }, on: "shear", "`shear` is below 90 degrees")
    switch bounds.count {
    case 1: return (ordered(-bounds[0], bounds[0]), 0...0)
    case 2: return (ordered(bounds[0], bounds[1]), 0...0)
    default:
      return (
        ordered(bounds[0], bounds[1]), ordered(bounds[2], bounds[bounds.count - 1])
      )
    }
  }

  /// A range of two numbers in any order, so that reading can continue after a problem.
  private static func ordered(_ first: Double, _ second: Double) -> ClosedRange<Double> {
    min(first, second)...max(first, second)
  }
}
