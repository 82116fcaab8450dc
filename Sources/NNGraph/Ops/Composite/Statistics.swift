import NNCore

extension Value {
  /// ln Σ eˣ over some axes, all by default, without overflow.
  public func logSumExp(axes: [Int]? = nil, keepDimensions: Bool = false) -> Value {
    let largest = max(axes: axes, keepDimensions: true).detached()
    // A row of −∞ only gives −∞, a row with +∞ gives +∞: shifting by ±∞ would give NaN.
    let shift = largest.isFinite().select(largest, 0)
    let total = (self - shift).exp().sum(axes: axes, keepDimensions: true).log() + shift
    return keepDimensions ? total : total.droppingAxes(axes, of: self)
  }

  /// Σ (x − mean)² / (count − `correction`) over some axes, all by default.
  ///
  /// - Parameters:
  ///   - axes: What to reduce over; negative axes count from the end.
  ///   - correction: 1 for the unbiased estimate (PyTorch's default), 0 for the mean square.
  ///   - keepDimensions: Whether reduced axes stay with extent 1.
  public func variance(
    axes: [Int]? = nil, correction: Double = 1, keepDimensions: Bool = false
  ) -> Value {
    let centre = mean(axes: axes, keepDimensions: true)
    guard !centre.isPoisoned else { return centre }
    let count = Double(shape.elementCount) / Double(Swift.max(1, centre.shape.elementCount))
    let squares = (self - centre).square().sum(axes: axes, keepDimensions: keepDimensions)
    return squares * (1 / (count - correction))
  }

  /// This result of a reduction of `source` that kept its axes, without them.
  private func droppingAxes(_ axes: [Int]?, of source: Value) -> Value {
    guard !isPoisoned else { return self }
    guard let axes else { return reshaped(to: []) }
    let dropped = Set(axes.map { $0 < 0 ? $0 + source.shape.rank : $0 })
    let kept = shape.dimensions.enumerated().filter { !dropped.contains($0.offset) }
    return reshaped(to: Shape(kept.map(\.element)))
  }
}
