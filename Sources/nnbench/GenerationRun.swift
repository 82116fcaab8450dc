import NNCore
import NNGraph
import NNLayers

/// Text generation with a language model: each step continues a prompt token by token until the
/// context is full.
final class GenerationRun: BenchmarkTask {
  /// The network.
  let network: Network
  /// The type of the computation.
  let dtype: DType
  /// The number of tokens of the prompt.
  let promptLength: Int
  private let layout: ParameterLayout
  private let stepper: SequenceStepper
  private let contextLength: Int
  /// The prompt and the generated tokens.
  private(set) var tokens: [Int32] = []
  private var scores: [Double] = []
  private var keepsScores = false

  /// Compiles a step of the network, with random weights.
  init(_ network: Network, _ dtype: DType, promptLength: Int) throws(NNError) {
    self.network = network
    self.dtype = dtype
    self.promptLength = promptLength
    let signature = network.signature(dtype)
    contextLength = signature.example.values.shape[0]
    layout = try network.model.layout(signature)
    let variables = VariableStore()
    variables.merge(try layout.initialVariables(seed: Network.seed))
    stepper = try SequenceStepper(
      network.model, layout: layout, signature: signature, variables: variables, rows: 1)
  }

  var multiplyAdds: Int { 0 }
  var updateByteCount: Int { 0 }
  /// Every token reads all weights except for most of the embeddings, which are few.
  var trafficByteCount: Int { contextLength * layout.count * dtype.byteCount }
  /// The number of generated tokens.
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
      // The last token needs no scores.
      guard tokens.count < contextLength else { return }
      stepper.read([tokens[tokens.count - 1]])
    }
  }

  /// The tokens, and the scores from which each generated one was selected.
  func firstResults() -> [(name: String, tensor: HostTensor)] {
    keepsScores = true
    advance()
    keepsScores = false
    return [("tokens", HostTensor(tokens)), ("scores", HostTensor(scores))]
  }

  private var prompt: [Int32] {
    network.input.withScalars(as: Int32.self) { Array($0.prefix(promptLength)) }
  }

  /// The token with the largest score; on ties, the first.
  static func mostProbable(_ scores: ArraySlice<Double>) -> Int32 {
    let best = scores.indices.max { scores[$0] < scores[$1] } ?? scores.startIndex
    return Int32(best - scores.startIndex)
  }
}

/// The forward pass over a whole generated text, whose scores must equal those of the generator.
final class WholeSequenceRun: BenchmarkTask {
  private let generation: GenerationRun
  private let run: BenchmarkRun

  /// Generates a text, and plans the forward pass without any optimization.
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

  /// The prompt followed by the most probable token at each position, and the scores.
  func firstResults() -> [(name: String, tensor: HostTensor)] {
    let scores = run.firstResults()[0].tensor
    let (count, width) = (scores.shape[1], scores.shape[2])
    let positions = generation.promptLength - 1..<count - 1
    let numbers = scores.doubles[positions.lowerBound * width..<positions.upperBound * width]
    let written = positions.indices.map { position in
      let start = position * width
      return GenerationRun.mostProbable(numbers[start..<start + width])
    }
    let tokens = generation.tokens.prefix(generation.promptLength) + written
    return [("tokens", HostTensor(Array(tokens))), ("scores", HostTensor(Array(numbers)))]
  }
}
