public import NNCore
public import NNData
import NNGraph
import NNLayers
public import NNTraining

/// The mean output of a trained network over data as a function of one feature of a table
/// (scikit-learn's `partial_dependence`, kind `average`).
///
/// For every value of a grid the feature gets that value in all examples, and the outputs are
/// averaged. Where features depend on one another, some of these examples are unlike any data.
///
/// Source: Friedman, "Greedy function approximation: a gradient boosting machine", Annals of
/// Statistics 29, 2001.
public struct PartialDependence: Sendable {
  /// The name on the command line.
  public static let name = "partial_dependence"

  /// The name of the feature.
  public let feature: String
  /// The values of the feature, ascending, in the unit of raw inputs (bytes count as 0…1).
  public let grid: [Double]
  /// The names of the outputs: classes, or columns of a regression.
  public let outputs: [String]
  /// The mean of each output for each value of the grid, float64 [values, outputs]: probabilities
  /// for classes and binary labels, else numbers in the unit of the targets.
  public let averages: HostTensor
  /// Whether the averages are probabilities.
  public let areProbabilities: Bool
  /// The number of examples.
  public let count: Int

  /// The values of one output.
  ///
  /// - Parameter output: Its position in ``outputs``.
  public func curve(of output: Int) -> [Double] {
    let numbers = averages.doubles
    return grid.indices.map { numbers[$0 * outputs.count + output] }
  }

  /// Computes the curve of a feature.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - dataset: Data like those that it was trained on.
  ///   - name: The feature's name, as `Dataset.features` lists them.
  ///   - resolution: The number of values of the grid, evenly spaced between two percentiles; a
  ///     feature with fewer different values has a grid of these values, and so has a feature of
  ///     integers that an embedding reads.
  ///   - percentiles: The shares of the data below the first and the last value.
  /// - Throws: `NNError` for data other than tables, an unknown feature, outputs other than [N, K],
  ///   and percentiles that are equal.
  public static func measure(
    _ model: TrainedModel, on dataset: Dataset, feature name: String, resolution: Int = 100,
    percentiles: ClosedRange<Double> = 0.05...0.95
  ) throws(NNError) -> PartialDependence {
    guard (2...100_000).contains(resolution) else {
      throw .invalid("a grid has 2 to 100000 values, got \(resolution)")
    }
    guard percentiles.lowerBound >= 0, percentiles.upperBound <= 1 else {
      throw .invalid("percentiles are from 0 to 1, got \(percentiles)")
    }
    let (feature, isInteger) = try find(name, in: dataset, of: model)
    var inputs = try dataset.rawTables()
    guard var column = inputs[feature.input] else { throw .invalid("there is no input") }
    let width = max(1, column.elementCount / dataset.count)
    var numbers = column.doubles
    func each(_ change: (Int) -> Void) {
      for index in stride(from: feature.channel, to: numbers.count, by: width) { change(index) }
    }
    var own: [Double] = []
    each { own.append(numbers[$0]) }
    own.sort()
    let grid = try grid(
      of: own, name, resolution: isInteger ? .max : resolution, percentiles: percentiles)
    let predictor = try Predictor(model)
    var averages: [Double] = []
    var areProbabilities = false
    var outputCount = 1
    for value in grid {
      each { numbers[$0] = value }
      column = HostTensor(doubles: numbers, shape: column.shape, dtype: column.dtype)
      inputs[feature.input] = column
      let raw = try predictor.predict(inputs)
      let probabilities = try? predictor.probabilities(of: raw)
      areProbabilities = probabilities != nil
      let outputs = probabilities ?? raw
      guard outputs.shape.rank == 2 else {
        throw .invalid(
          "the network's output has the shape \(outputs.shape); partial dependence is of outputs "
            + "[N, K]: one number for each class, or one")
      }
      outputCount = outputs.shape[1]
      var sums = [Double](repeating: 0, count: outputCount)
      for (index, number) in outputs.doubles.enumerated() { sums[index % outputCount] += number }
      averages += sums.map { $0 / Double(dataset.count) }
    }
    return PartialDependence(
      feature: name, grid: grid, outputs: names(model, outputCount, areProbabilities),
      averages: HostTensor(averages, shape: [grid.count, outputCount]),
      areProbabilities: areProbabilities, count: dataset.count)
  }

  /// The feature of a name, and whether it is an integer that the network reads as such.
  private static func find(
    _ name: String, in dataset: Dataset, of model: TrainedModel
  ) throws(NNError) -> (feature: DataFeature, isInteger: Bool) {
    let names = model.signature.example.names.filter { $0 != PortName.lengths }
    let ranks = names.map { model.signature.example[$0]?.shape.rank ?? 0 }
    guard dataset.vocabulary == nil, ranks.allSatisfy({ $0 <= 1 }) else {
      throw .invalid(
        "partial dependence is of a column of a table, and the network reads "
          + (dataset.vocabulary == nil
            ? "inputs of shape \(model.inputShape)"
            : dataset.tokenizers == nil ? "integers alone" : "texts"),
        hint: "use the methods permutation or integrated_gradients")
    }
    let features = dataset.features.filter { names.contains($0.input) }
    guard let feature = features.first(where: { $0.name == name }) else {
      throw .invalid(
        "the data have no feature `\(name)`", at: dataset.name,
        hint: Suggestion.hint(for: name, in: features.map(\.name), plural: "features"))
    }
    let type = model.signature.example[feature.input]?.dtype
    return (feature, type.map { !$0.isFloatingPoint } ?? false)
  }

  /// The different values if there are fewer than `resolution`, else values between percentiles.
  ///
  /// - Parameter values: The feature's values, ascending.
  static func grid(
    of values: [Double], _ name: String, resolution: Int, percentiles: ClosedRange<Double>
  ) throws(NNError) -> [Double] {
    var different: [Double] = []
    for value in values where value != different.last { different.append(value) }
    if different.count < resolution { return different }
    let first = quantile(of: values, percentiles.lowerBound)
    let last = quantile(of: values, percentiles.upperBound)
    // As numpy.allclose.
    guard abs(last - first) > 1e-8 + 1e-5 * abs(last) else {
      throw .invalid(
        "the percentiles \(percentiles) of the feature `\(name)` are both \(first), which leaves no "
          + "range", hint: "most examples have the same value")
    }
    let step = (last - first) / Double(resolution - 1)
    return (0..<resolution).map { $0 == resolution - 1 ? last : first + Double($0) * step }
  }

  /// A quantile as `scipy.stats.mstats.mquantiles` defines it by default, approximately unbiased
  /// for any distribution.
  private static func quantile(of values: [Double], _ share: Double) -> Double {
    let count = Double(values.count)
    let position = count * share + 0.4 + share * 0.2
    let index = min(max(position, 1), count - 1).rounded(.down)
    let fraction = min(max(position - index, 0), 1)
    let lower = min(max(Int(index), 1), values.count)
    return (1 - fraction) * values[lower - 1]
      + fraction * values[min(lower, values.count - 1)]
  }

  private static func names(
    _ model: TrainedModel, _ count: Int, _ areProbabilities: Bool
  ) -> [String] {
    if areProbabilities {
      // One probability is that of class 1.
      return count == 1 ? [model.names(ofClasses: 2)[1]] : model.names(ofClasses: count)
    }
    let known = model.encoding.targetNames ?? []
    return (0..<count).map { known.count == count ? known[$0] : "output \($0)" }
  }
}

extension Dataset {
  /// The inputs as raw numbers: float64, bytes as 0…1; integers other than those of the main input
  /// stay integers.
  ///
  /// - Throws: `NNError` if inputs are in a file and take more memory than there is.
  fileprivate func rawTables() throws(NNError) -> Ports<HostTensor> {
    let inputs = try readNamedInputs()
    let main = inputs.names[0]
    return inputs.map { name, tensor in
      if tensor.dtype == .int32, name != main { return tensor }
      guard tensor.dtype == .uint8 else { return tensor.converted(to: .float64) }
      return HostTensor(
        doubles: tensor.doubles.map { $0 * (1.0 / 255) }, shape: tensor.shape, dtype: .float64)
    }
  }
}
