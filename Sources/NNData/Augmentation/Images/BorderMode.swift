/// What lies outside an image, as `padding_mode` of torchvision.
public enum BorderMode: String, Sendable, Hashable, CaseIterable {
  /// A number.
  case constant
  /// The nearest pixel.
  case edge
  /// The mirror image without the edge itself: 3 2 | 1 2 3 | 2 1.
  case reflect
  /// The mirror image with the edge: 2 1 | 1 2 3 | 3 2.
  case symmetric

  /// The pixel 0 ..< count that a position stands for; nil for a constant.
  func index(_ position: Int, _ count: Int) -> Int? {
    guard !(0..<count).contains(position) else { return position }
    switch self {
    case .constant: return nil
    case .edge: return min(max(position, 0), count - 1)
    case .reflect:
      guard count > 1 else { return 0 }
      let period = 2 * (count - 1)
      let place = Self.remainder(position, period)
      return place < count ? place : period - place
    case .symmetric:
      let place = Self.remainder(position, 2 * count)
      return place < count ? place : 2 * count - 1 - place
    }
  }

  /// The remainder in 0 ..< divisor.
  private static func remainder(_ number: Int, _ divisor: Int) -> Int {
    let rest = number % divisor
    return rest < 0 ? rest + divisor : rest
  }
}

extension AugmentedExample {
  /// Replaces an image by a rectangle of it that may reach past its edges.
  ///
  /// - Parameters:
  ///   - top: The row of the image at the rectangle's top; negative above it.
  ///   - left: The column at its left side.
  ///   - border: What lies outside the image.
  ///   - fill: The number for a constant border, in the unit of the data.
  mutating func takeWindow(
    top: Int, left: Int, height: Int, width: Int, border: BorderMode = .constant,
    fill: Double = 0
  ) {
    let old = layout
    let isWhole = top == 0 && left == 0 && height == old.height && width == old.width
    guard !isWhole else { return }
    replace(layout: old.resized(height: height, width: width)) { source, target in
      for channel in 0..<old.channels {
        let plane = channel * old.height * old.width
        for row in 0..<height {
          let start = (channel * height + row) * width
          let sourceRow = border.index(top + row, old.height)
          for column in 0..<width {
            guard let sourceRow, let sourceColumn = border.index(left + column, old.width) else {
              target[start + column] = fill
              continue
            }
            target[start + column] = source[plane + sourceRow * old.width + sourceColumn]
          }
        }
      }
    }
  }
}
