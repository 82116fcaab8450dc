import NNCore

extension Value {
  /// ln Σ eˣ over some axes, all by default, without overflow.
  public func logSumExp(axes: [Int]? = nil, keepDimensions: Bool = false) -> Value {
    let largest = max(axes: axes, keepDimensions: true).detached()
    // If all elements are −∞ the result is −∞, if one is +∞ it is +∞: a shift by ±∞ would be NaN.
    let shift = largest.isFinite().select(largest, 0)
    let total = (self - shift).exp().sum(axes: axes, keepDimensions: true).log() + shift
    return keepDimensions ? total : total.droppingAxes(axes, of: self)
  }

  /// Σ (x − mean)² / (count − `correction`) over some axes, all by default.
  ///
  /// - Parameters:
  ///   - axes: The axes to reduce; negative axes count from the end.
  ///   - correction: 1 for the unbiased estimate (PyTorch's default), 0 for the mean square.
  ///   - keepDimensions: Whether reduced axes are kept with extent 1.
  public func variance(
    axes: [Int]? = nil, correction: Double = 1, keepDimensions: Bool = false
  ) -> Value {
    let center = mean(axes: axes, keepDimensions: true)
    guard !center.isPoisoned else { return center }
    let count = Double(shape.elementCount) / Double(Swift.max(1, center.shape.elementCount))
    let squares = (self - center).square().sum(axes: axes, keepDimensions: keepDimensions)
    return squares * (1 / (count - correction))
  }

  /// Removes the reduced axes of extent 1 from this result of a reduction of `source`.
  private func droppingAxes(_ axes: [Int]?, of source: Value) -> Value {
    guard !isPoisoned else { return self }
    guard let axes else { return reshaped(to: []) }
    let dropped = Set(axes.map { $0 < 0 ? $0 + source.shape.rank : $0 })
    let kept = shape.dimensions.enumerated().filter { !dropped.contains($0.offset) }
    return reshaped(to: Shape(kept.map(\.element)))
  }
}
