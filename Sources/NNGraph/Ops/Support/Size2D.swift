/// Two numbers along the axes of a picture: a kernel, a stride, a dilation; `3` means 3 both ways.
public struct Size2D: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  /// Along the rows of the picture (downward).
  public let height: Int
  /// Along the columns (to the right).
  public let width: Int

  /// Creates a size from its parts.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Creates a size that is the same both ways.
  public init(integerLiteral value: Int) { self.init(height: value, width: value) }

  /// Creates a size that is the same both ways.
  public init(_ value: Int) { self.init(height: value, width: value) }

  /// height · width
  var area: Int { height * width }

  /// `3×5`
  public var description: String { "\(height)×\(width)" }
}

/// What is put around a picture before a window slides over it; `1` means one cell on each side.
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

  /// Creates padding from what is added above and below, and left and right.
  public init(height: Int, width: Int) {
    self.init(top: height, left: width, bottom: height, right: width)
  }

  /// Creates padding that is the same on all sides.
  public init(integerLiteral value: Int) { self.init(height: value, width: value) }

  /// Creates padding that is the same on all sides.
  public init(_ value: Int) { self.init(height: value, width: value) }

  /// `1` or `top,left,bottom,right`
  public var description: String {
    self == Padding2D(top) ? "\(top)" : "\(top),\(left),\(bottom),\(right)"
  }
}
