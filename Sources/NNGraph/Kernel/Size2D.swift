/// Two numbers, along the height and the width of an image: a kernel size, a stride, a dilation.
/// `3` means 3 for both.
public struct Size2D: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  /// Along the vertical axis.
  public let height: Int
  /// Along the horizontal axis.
  public let width: Int

  /// Creates a size from its parts.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Creates a size with equal height and width.
  public init(integerLiteral value: Int) { self.init(height: value, width: value) }

  /// Creates a size with equal height and width.
  public init(_ value: Int) { self.init(height: value, width: value) }

  /// height · width
  var area: Int { height * width }

  /// [height, width]
  var extents: [Int] { [height, width] }

  /// `3×5`
  public var description: String { "\(height)×\(width)" }
}

/// The padding around an image; `1` means one element on each side.
public struct Padding2D: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  /// Rows above.
  public let top: Int
  /// Columns on the left.
  public let left: Int
  /// Rows below.
  public let bottom: Int
  /// Columns on the right.
  public let right: Int

  /// Creates padding from its parts.
  public init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  /// Creates padding of `height` rows above and below and `width` columns on the left and right.
  public init(height: Int, width: Int) {
    self.init(top: height, left: width, bottom: height, right: width)
  }

  /// Creates padding that is the same on all sides.
  public init(integerLiteral value: Int) { self.init(height: value, width: value) }

  /// Creates padding that is the same on all sides.
  public init(_ value: Int) { self.init(height: value, width: value) }

  /// [top, left, bottom, right]
  var extents: [Int] { [top, left, bottom, right] }

  /// `1` or `top,left,bottom,right`
  public var description: String {
    self == Padding2D(top) ? "\(top)" : "\(top),\(left),\(bottom),\(right)"
  }
}
