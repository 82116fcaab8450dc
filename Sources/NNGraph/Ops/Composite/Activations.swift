extension Value {
  /// x where x > 0, else `slope`·x.
  public func leakyRelu(slope: Double = 0.01) -> Value {
    isGreater(than: scalar(0)).select(self, self * slope)
  }

  /// x where x > 0, else `alpha`·(eˣ − 1).
  public func elu(alpha: Double = 1) -> Value {
    let isPositive = isGreater(than: scalar(0))
    // Large positive elements must not overflow in the branch that is not selected.
    let negative = isPositive.select(0, self)
    return isPositive.select(self, negative.expm1() * alpha)
  }

  /// x · σ(x), also known as swish.
  public func silu() -> Value { self * sigmoid() }

  /// ln(1 + e^(`beta`·x)) / `beta`, and x itself where `beta`·x > `threshold`.
  public func softplus(beta: Double, threshold: Double = 20) -> Value {
    let scaled = self * beta
    return scaled.isGreater(than: scalar(threshold)).select(self, scaled.softplus() * (1 / beta))
  }

  /// Each element clamped to `range`; the gradient passes inside the range and at its ends, as for
  /// PyTorch's `clamp`.
  public func clamped(to range: ClosedRange<Double>) -> Value {
    let isInside =
      isAtLeast(scalar(range.lowerBound)) * scalar(range.upperBound).isAtLeast(self)
    let moved = maximum(range.lowerBound).minimum(range.upperBound)
    return isInside.select(self, moved.detached())
  }
}
