import NNCore
import NNGraph
import NNLayers

/// A language model that goes on with a prompt until its context is full: each step writes one text,
/// a token at a time, as users' generators do.
final class GenerationRun: BenchmarkTask {
  /// The network.
  let network: Network
  /// The type that it computes in.
  let dtype: DType
  /// How many tokens are given.
  let promptLength: Int
  private let layout: ParameterLayout
  private let stepper: SequenceStepper
  private let contextLength: Int
  /// The prompt and what was written.
  private(set) var tokens: [Int32] = []
  private var scores: [Double] = []
  private var keepsScores = false

  /// Compiles a step of the network, with random weights.
  init(_ network: Network, _ dtype: DType, promptLength: Int) throws(NNError) {
    self.network = network
    self.dtype = dtype
    self.promptLength = promptLength
    let signature = network.signature(dtype)
    contextLength = signature.row.rows.shape[0]
    layout = try network.model.layout(signature)
    let variables = VariableStore()
    for (name, tensor) in try layout.initialVariables(seed: Network.seed) {
      variables[name] = tensor
    }
    stepper = try SequenceStepper(
      network.model, layout: layout, signature: signature, variables: variables, rows: 1)
  }

  var multiplyAdds: Int { 0 }
  var updateByteCount: Int { 0 }
  /// Every token meets all weights but those of the tokens' and positions' own vectors, which are few.
  var trafficByteCount: Int { contextLength * layout.count * dtype.byteCount }
  /// Tokens that are written.
  var samples: Int { contextLength - promptLength }

  func advance() {
    stepper.reset()
    tokens = prompt
    scores.removeAll(keepingCapacity: true)
    stepper.read(sequence: tokens)
    while true {
      let next = stepper.scores
      if keepsScores { scores += next }
      tokens.append(Self.mostProbable(next[...]))
      // Nothing follows the last one.
      guard tokens.count < contextLength else { return }
      stepper.read([tokens[tokens.count - 1]])
    }
  }

  /// The tokens, and the scores that each written one was chosen by.
  var results: [(name: String, tensor: HostTensor)] {
    keepsScores = true
    advance()
    keepsScores = false
    return [("tokens", HostTensor(tokens)), ("scores", HostTensor(scores))]
  }

  private var prompt: [Int32] {
    network.input.withScalars(as: Int32.self) { Array($0.prefix(promptLength)) }
  }

  /// The first token with the greatest score.
  static func mostProbable(_ scores: ArraySlice<Double>) -> Int32 {
    let best = scores.indices.max { scores[$0] < scores[$1] } ?? scores.startIndex
    return Int32(best - scores.startIndex)
  }
}

/// The forward pass over the whole text that a generator has written: what it must have seen.
final class WholeSequenceRun: BenchmarkTask {
  private let generation: GenerationRun
  private let run: BenchmarkRun

  /// Lets a generator write, and plans the forward pass without any optimization.
  init(_ generation: GenerationRun) throws(NNError) {
    self.generation = generation
    generation.advance()
    var network = generation.network
    network.input = HostTensor(generation.tokens, shape: [1, generation.tokens.count])
    run = try BenchmarkRun(
      network.inferenceProgram(generation.dtype, rows: 1) { $0.logSoftmax() }, options: .plain)
  }

  var multiplyAdds: Int { run.multiplyAdds }
  var updateByteCount: Int { 0 }
  var trafficByteCount: Int { run.trafficByteCount }
  var samples: Int { run.samples }

  func advance() { run.advance() }

  /// The prompt with the most probable token behind each place from its end on, and the scores.
  var results: [(name: String, tensor: HostTensor)] {
    let scores = run.results[0].tensor
    let (count, width) = (scores.shape[1], scores.shape[2])
    let places = generation.promptLength - 1..<count - 1
    let numbers = scores.doubles[places.lowerBound * width..<places.upperBound * width]
    let written = places.indices.map { place in
      let start = place * width
      return GenerationRun.mostProbable(numbers[start..<start + width])
    }
    let tokens = generation.tokens.prefix(generation.promptLength) + written
    return [("tokens", HostTensor(Array(tokens))), ("scores", HostTensor(Array(numbers)))]
  }
}
