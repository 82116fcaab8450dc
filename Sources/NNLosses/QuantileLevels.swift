public import NNCore

/// The levels of quantiles that a network outputs for each of its targets.
///
/// Element k·Q + i of an example's outputs is quantile i of target k.
public struct QuantileLevels: Sendable, Hashable {
  /// The levels, ascending, each above 0 and below 1.
  public let levels: [Double]

  /// The median and the interval from 10 % to 90 %.
  public static let standard = [0.1, 0.5, 0.9]

  /// Creates levels; nil unless they ascend, each above 0 and below 1, and there is one.
  public init?(_ levels: [Double]) {
    guard !levels.isEmpty, levels.allSatisfy({ $0 > 0 && $0 < 1 }),
      zip(levels, levels.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    self.levels = levels
  }

  /// The number of levels, Q.
  public var count: Int { levels.count }

  /// The share of targets between the lowest and the highest quantile, if these are right.
  public var nominalCoverage: Double { levels[count - 1] - levels[0] }

  /// The names of the quantiles: `q0.1`.
  public var names: [String] { levels.map { "q\($0)" } }

  /// The quantiles of each target in ascending order, and the numbers of the targets for which they were
  /// not.
  ///
  /// - Parameter outputs: [N, …, K·Q].
  public func sorted(_ outputs: HostTensor) -> (outputs: HostTensor, crossed: [Int]) {
    guard count > 1, outputs.elementCount % count == 0 else { return (outputs, []) }
    var numbers = outputs.doubles
    var crossed: [Int] = []
    for start in stride(from: 0, to: numbers.count, by: count) {
      let own = numbers[start..<start + count]
      guard zip(own, own.dropFirst()).contains(where: { $0 > $1 }) else { continue }
      crossed.append(start / count)
      numbers.replaceSubrange(start..<start + count, with: own.sorted())
    }
    guard !crossed.isEmpty else { return (outputs, []) }
    return (HostTensor(doubles: numbers, shape: outputs.shape, dtype: outputs.dtype), crossed)
  }

  /// One number for each target: the quantile 0.5, interpolated between those around it; the nearest
  /// one if all are on one side.
  ///
  /// - Parameter outputs: [N, …, K·Q], whose quantiles need not ascend.
  /// - Returns: [N, …, K].
  public func points(of outputs: HostTensor) -> HostTensor {
    let rank = outputs.shape.rank
    guard count > 1, rank > 0, outputs.shape[rank - 1] % count == 0 else { return outputs }
    let numbers = sorted(outputs).outputs.doubles
    let upper = levels.firstIndex { $0 >= 0.5 } ?? count - 1
    let lower = upper > 0 && levels[upper] > 0.5 ? upper - 1 : upper
    let share =
      upper == lower ? 0 : (0.5 - levels[lower]) / (levels[upper] - levels[lower])
    let points = stride(from: 0, to: numbers.count, by: count).map { start in
      numbers[start + lower] * (1 - share) + numbers[start + upper] * share
    }
    let shape = outputs.shape.replacing(axis: rank - 1, with: outputs.shape[rank - 1] / count)
    return HostTensor(doubles: points, shape: shape, dtype: outputs.dtype)
  }
}
