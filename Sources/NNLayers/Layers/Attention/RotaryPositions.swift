import NNCore
import NNGraph

/// Rotary position embedding: rotates pairs of columns (2i, 2i + 1) of queries and keys by the
/// angles t/base^(2i/depth) at position t, so that their products depend only on relative
/// distances.
///
/// Source: Su et al., "RoFormer: enhanced transformer with rotary position embedding", 2021.
public struct RotaryPositions: Sendable, Hashable {
  /// The base of the angles; determines the slowest rotation.
  public let base: Double

  /// Creates the option; the paper's base is 10000.
  public init(base: Double = 10_000) { self.base = base }

  /// Rotates the columns [N, T, C] of all heads.
  func callAsFunction(_ value: Value, heads: Int, in scope: Scope) -> Value {
    let (steps, pairs) = (value.shape[1], value.shape[2] / heads / 2)
    let angles = PositionAngles(width: 2 * pairs, base: base)
    let waves = angles.waves(steps: steps, dtype: value.dtype, in: scope)
    let shape: Shape = [steps, 1, pairs, 1]
    let (sine, cosine) = (waves.sine.reshaped(to: shape), waves.cosine.reshaped(to: shape))
    let paired = value.reshaped(to: [value.shape[0], steps, heads, pairs, 2])
    let (first, second) = (
      paired.narrowed(to: 0..<1, axis: 4), paired.narrowed(to: 1..<2, axis: 4)
    )
    let turned = Value.concatenated(
      [first * cosine - second * sine, first * sine + second * cosine], axis: 4)
    return turned.reshaped(to: value.shape)
  }
}
