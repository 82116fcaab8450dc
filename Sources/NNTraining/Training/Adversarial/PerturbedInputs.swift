import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses

/// Perturbs the raw inputs of training batches and normalises them.
///
/// What it does depends only on the weights, the seed and the number of the batch, so that a run that
/// is resumed continues with the same bits.
final class PerturbedInputs {
  /// The name of the network's input for perturbed examples, next to the clean ones.
  static let perturbed = "input.perturbed"

  /// Distinguishes noise from the random numbers of layers: both take the first streams of their graph
  /// at the number of the step, and dropout would depend on the noise.
  private static let noiseSeed: UInt64 = 0x4E4F_4953_4544_0001

  private let options: AdversarialTraining
  private let source: NetworkSource
  private let range: InputRange
  private let seed: UInt64
  private let ascent: AscentFunctions
  private let memory = SessionMemory()
  private var preparations: [(type: TensorType, function: Function)] = []

  /// Prepares the perturbation of a network's inputs.
  ///
  /// - Parameters:
  ///   - options: How inputs are perturbed.
  ///   - source: The network, with the weights at the time of each batch.
  ///   - objective: What training minimises.
  ///   - data: The training data.
  ///   - seed: The run's seed.
  /// - Throws: `NNError` for a network that reads tokens, for a radius or a deviation that is larger
  ///   than the range of the data, and for a loss that is one number for all examples.
  init(
    _ options: AdversarialTraining, of source: NetworkSource, objective: Objective, data: Dataset,
    seed: UInt64
  ) throws(NNError) {
    self.options = options
    self.source = source
    self.seed = seed
    range = try InputRange(of: data)
    let goal: AscentFunctions.Goal =
      options.divergenceFactor == nil
      ? .loss(objective.terms) : .divergence(objective.main.output)
    ascent = try AscentFunctions(source, goal: goal, norm: options.norm)
    if case .gaussianNoise = options.method {
      try range.require(deviation: options.radius, at: "adversarial")
    } else {
      try range.require(
        radius: options.radius, norm: options.norm, example: data.inputShape, at: "adversarial")
    }
  }

  /// A batch of raw inputs with its examples perturbed and normalised; with `trades` the perturbed
  /// inputs are another input next to the clean ones.
  ///
  /// - Parameter number: The number of the batch in the run, from 1.
  func callAsFunction(_ batch: Batch, number: Int) throws(NNError) -> Batch {
    var input = batch.input
    if case .gaussianNoise = options.method {
      input.values = try prepared(
        batch.inputs, number: number, noisy: perturbedCount(of: batch))
      return batch.replacing(input: input)
    }
    let perturbed = try self.perturbed(batch, number: number)
    guard options.divergenceFactor != nil else {
      input.values = try prepared(perturbed, number: number)
      return batch.replacing(input: input)
    }
    input.values = try prepared(batch.inputs, number: number)
    input[Self.perturbed] = try prepared(perturbed, number: number)
    return batch.replacing(input: input)
  }

  /// The number of examples of a batch that are perturbed.
  private func perturbedCount(of batch: Batch) -> Int {
    min(batch.count, Int((options.share * Double(batch.count)).rounded(.up)))
  }

  private func perturbed(_ batch: Batch, number: Int) throws(NNError) -> HostTensor {
    let count = perturbedCount(of: batch)
    let positions = Array(0..<batch.count)
    let all = AttackBatch(
      inputs: batch.input, targets: batch.namedTargets, range: range, rows: positions)
    let part = count == batch.count ? all : all.selecting(Array(0..<count))
    let random = RandomPerturbation(seed: seed, draw: number)
    func randomStart() -> HostTensor {
      random.start(of: part, norm: options.norm, radius: options.radius)
    }
    let (start, steps, stepSize): (HostTensor, Int, Double)
    switch options.method {
    case .pgd(let count, let size, let isRandom):
      start = isRandom ? randomStart() : part.clean
      (steps, stepSize) = (count, size)
    case .fgsm(let size, let isRandom):
      start = isRandom ? randomStart() : part.clean
      (steps, stepSize) = (1, size)
    case .trades(_, let count, let size):
      // At the clean inputs the divergence has gradient 0. The deviation is that of the authors' code.
      start = random.gaussian(of: part, deviation: min(0.001, options.radius))
      (steps, stepSize) = (count, size)
    case .gaussianNoise: return batch.inputs
    }
    let moved = try ascent.ascend(
      from: start, of: part, radius: options.radius, stepSize: stepSize, count: steps)
    return batch.inputs.replacingFirstRows(by: moved)
  }

  /// Raw inputs as the network's layers read them.
  ///
  /// - Parameter noisy: The number of examples to which gaussian noise is added first.
  private func prepared(
    _ raw: HostTensor, number: Int, noisy: Int = 0
  ) throws(NNError) -> HostTensor {
    guard noisy > 0 || source.normalization != .identity else { return raw }
    let function = try preparation(TensorType(raw.shape, raw.dtype))
    try function.write("raw", raw)
    let deviations = (0..<raw.shape[0]).map { $0 < noisy ? options.radius : 0 }
    try function.write("deviations", numbers: deviations)
    try function.write(
      "random", HostTensor([Int64(bitPattern: seed ^ Self.noiseSeed), Int64(number)]))
    try function.run()
    return try function.read("normalized")
  }

  private func preparation(_ type: TensorType) throws(NNError) -> Function {
    if let known = preparations.first(where: { $0.type == type }) { return known.function }
    let graph = Graph()
    let raw = graph.input("raw", type)
    let ones = [Int](repeating: 1, count: type.shape.rank - 1)
    let deviations = graph.input("deviations", TensorType([type.shape[0]], type.dtype))
      .reshaped(to: Shape([type.shape[0]] + ones))
    let random = graph.input("random", TensorType([2], .int64))
    var value = raw
    if case .gaussianNoise = options.method {
      value = raw + deviations * graph.randomNormal(type, state: random)
    }
    let function = try Function(
      graph, outputs: [(name: "normalized", value: value.normalized(by: source.normalization))],
      variables: source.variables, memory: memory)
    preparations.append((type, function))
    return function
  }
}

extension HostTensor {
  /// The same tensor with other first rows.
  fileprivate func replacingFirstRows(by rows: HostTensor) -> HostTensor {
    guard rows.shape[0] < shape[0] else { return rows }
    var result = self
    result.withMutableBytes { target in
      rows.withBytes { source in
        UnsafeMutableRawBufferPointer(rebasing: target.prefix(source.count))
          .copyMemory(from: source)
      }
    }
    return result
  }
}
