#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An input feature of a point in the playground.
package enum PlaygroundFeature: String, CaseIterable, Sendable {
  case x
  case y
  case xSquared = "x_squared"
  case ySquared = "y_squared"
  case product = "x_times_y"
  case sineOfX = "sin_x"
  case sineOfY = "sin_y"
  case radius
  case angle

  /// The title on the page.
  var title: String {
    switch self {
    case .x: "x"
    case .y: "y"
    case .xSquared: "x²"
    case .ySquared: "y²"
    case .product: "x·y"
    case .sineOfX: "sin x"
    case .sineOfY: "sin y"
    case .radius: "r"
    case .angle: "θ"
    }
  }

  /// The description, for tooltips and screen readers.
  var meaning: String {
    switch self {
    case .x: "the first coordinate"
    case .y: "the second coordinate"
    case .xSquared: "x squared"
    case .ySquared: "y squared"
    case .product: "x times y"
    case .sineOfX: "sine of x"
    case .sineOfY: "sine of y"
    case .radius: "distance from the middle"
    case .angle: "angle around the middle"
    }
  }

  /// The number of coordinates that a point must have.
  var dimensions: Int {
    switch self {
    case .x, .xSquared, .sineOfX: 1
    case .y, .ySquared, .product, .sineOfY, .radius, .angle: 2
    }
  }

  /// The feature of a point; `y` is 0 where points have one coordinate.
  package func value(_ x: Double, _ y: Double) -> Double {
    switch self {
    case .x: x
    case .y: y
    case .xSquared: x * x
    case .ySquared: y * y
    case .product: x * y
    case .sineOfX: sin(x)
    case .sineOfY: sin(y)
    case .radius: (x * x + y * y).squareRoot()
    case .angle: atan2(y, x)
    }
  }

  /// The features that are coordinates.
  static func coordinates(_ dimensions: Int) -> [PlaygroundFeature] {
    dimensions == 1 ? [.x] : [.x, .y]
  }
}
