import NNCore
import NNData
import NNLayers
import NNTraining

/// What the network of a run with two inputs says of its plane.
struct RunBoundary {
  let name: String
  let data: Dataset
  let grid: PlaneGrid
  let probabilities: [Double]
  /// The share of training rows named right.
  let accuracy: Double

  /// Reads the run and evaluates it around its training data.
  ///
  /// - Throws: `NNError` when the folder holds no trained network with two inputs and one or two
  ///   outputs, or when its data are gone.
  init(_ folder: RunFolder) throws(NNError) {
    let model = try TrainedModel(folder: folder)
    let expected = "expected a run with two inputs and one or two outputs"
    guard model.signature.vocabulary == nil, model.inputShape == [2] else {
      throw .invalid(
        "the network reads rows of shape \(model.inputShape); \(expected)", at: folder.path,
        hint: "docs/examples/configs/circles.yaml makes one")
    }
    let data = try model.config.makeTrainSource().load(encoding: model.encoding)
    let numbers = data.inputs.doubles
    func range(_ column: Int) -> ClosedRange<Double> {
      let own = stride(from: column, to: numbers.count, by: 2).map { numbers[$0] }
      let (low, high) = (own.min() ?? 0, own.max() ?? 1)
      let margin = max(1e-6, 0.15 * (high - low))
      return low - margin...high + margin
    }
    let grid = PlaneGrid(x: range(0), y: range(1))
    let isLogit = model.config.loss.kind == "bce_with_logits"
    func probabilities(_ rows: HostTensor) throws(NNError) -> [Double] {
      let output = try LayerProbe(model, rows: rows).readOutput()
      let scores = output.doubles
      switch output.elementCount / rows.shape[0] {
      case 1: return isLogit ? sigmoid(scores) : scores
      // The second class wins where its score is greater, be these logits or their logarithms.
      case 2:
        return sigmoid(stride(from: 0, to: scores.count, by: 2).map { scores[$0 + 1] - scores[$0] })
      default:
        throw .invalid(
          "the network has outputs of shape \(output.shape); \(expected)", at: folder.path,
          hint: "docs/examples/configs/circles.yaml makes one")
      }
    }
    let own = try probabilities(data.inputs)
    let right = zip(own, data.targets.doubles).count { ($0 > 0.5) == ($1 >= 0.5) }
    name = model.config.name
    self.data = data
    self.grid = grid
    self.probabilities = try probabilities(grid.inputs)
    accuracy = Double(right) / Double(data.count)
  }
}
