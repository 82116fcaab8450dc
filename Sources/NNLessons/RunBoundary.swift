import NNCore
import NNData
import NNLayers
import NNTraining

/// The probabilities of a run's network with two inputs over the plane.
struct RunBoundary {
  let folder: RunFolder
  let name: String
  let data: Dataset
  let grid: PlaneGrid
  let probabilities: [Double]
  /// The training accuracy.
  let accuracy: Double

  /// Reads the run and evaluates it around its training data.
  ///
  /// - Throws: `NNError` when the folder holds no trained network with two inputs and one or two
  ///   outputs that classify two classes, or when its data are missing.
  init(_ folder: RunFolder) throws(NNError) {
    let model = try TrainedModel(folder: folder)
    guard model.signature.vocabulary == nil, model.inputShape == [2] else {
      throw Self.refusal(folder, "the network has inputs of shape \(model.inputShape)")
    }
    let config = try model.recordedConfig()
    let data = try config.load(config.makeTrainSource(), encoding: model.encoding)
    let predictor = try Predictor(model)
    let own = try Self.probabilities(predictor, data.inputs, of: folder)
    let targets = data.targets.doubles
    guard targets.count == data.count else {
      throw Self.refusal(folder, "its targets have shape \(data.targets.shape)")
    }
    if let other = targets.first(where: { $0 != 0 && $0 != 1 }) {
      throw Self.refusal(folder, "its targets hold \(other.text), which is neither class 0 nor 1")
    }
    self.folder = folder
    name = config.name
    self.data = data
    grid = Self.grid(around: data)
    probabilities = try Self.probabilities(predictor, grid.inputs, of: folder)
    accuracy = Double(zip(own, targets).count { ($0 > 0.5) == ($1 == 1) }) / Double(data.count)
  }

  /// The rectangle around all examples, with a margin.
  private static func grid(around data: Dataset) -> PlaneGrid {
    let numbers = data.inputs.doubles
    func range(_ column: Int) -> ClosedRange<Double> {
      let own = stride(from: column, to: numbers.count, by: 2).map { numbers[$0] }
      let (low, high) = (own.min() ?? 0, own.max() ?? 1)
      let margin = max(1e-6, 0.15 * (high - low))
      return low - margin...high + margin
    }
    return PlaneGrid(x: range(0), y: range(1))
  }

  /// The probability of class 1 for each example.
  private static func probabilities(
    _ predictor: Predictor, _ rows: HostTensor, of folder: RunFolder
  ) throws(NNError) -> [Double] {
    let output = try predictor.predict(rows)
    let classes = Array(output.shape.dimensions.dropFirst())
    guard [[], [1], [2]].contains(classes) else {
      throw refusal(folder, "the network has outputs of shape \(output.shape)")
    }
    let numbers: [Double]
    do throws(NNError) {
      numbers = try predictor.probabilities(of: output).doubles
    } catch { throw refusal(folder, error.message) }
    return classes == [2]
      ? stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] } : numbers
  }

  private static func refusal(_ folder: RunFolder, _ found: String) -> NNError {
    .invalid(
      "\(found); expected a run with two inputs and one or two outputs that classify two classes",
      at: folder.path,
      hint: "train docs/examples/configs/circles.yaml or a similar config, and name that run: "
        + "nntrain lesson \(DecisionBoundaryLesson.name) --run RUN")
  }
}
