public import NNGraph

// What layers of sequences pass to one another: ordinary keys, as any layer may have.

/// The number of valid steps of each sequence, int32 [N]; nil if all are valid.
public enum SequenceLengths: ContextKey {
  /// nil: all steps are valid.
  public static var defaultValue: Value? { nil }
}

/// The vocabulary size of the tokens that layers read; nil if they read numbers.
public enum VocabularySize: ContextKey {
  /// nil: numbers.
  public static var defaultValue: Int? { nil }
}

/// The encoder's output that a decoder attends to; nil outside a decoder.
public enum DecoderMemory: ContextKey {
  /// nil: no decoder.
  public static var defaultValue: Memory? { nil }
}

/// The final states of recurrent layers, in the order in which these are built.
public enum FinalStates: ReportKey {
  /// A state, and a cell for LSTM: each [layers · directions, N, units].
  public typealias Value = RecurrentState
}

/// The output of an encoder, which a decoder needs to generate.
public enum EncodedMemory: ReportKey {
  /// The memory.
  public typealias Value = Memory
}

/// The input of each step of a sequence, for logs of gradient norms by step.
public enum ObservedSteps: ReportKey {
  /// The layer's path with a name inside the layer, and the inputs of the steps, [T, N, …].
  public typealias Value = (name: String, value: NNGraph.Value)
}

/// The attention weights of layers that attend to a memory, for plots.
public enum ObservedAttention: ReportKey {
  /// The layer's path, and the weights [N, heads, T, S] of each memory step S for each step T.
  public typealias Value = (path: String, weights: NNGraph.Value)
}

/// The final states of an encoder's recurrent layers that a decoder's have not started from yet.
private enum EncoderStates: ContextKey {
  final class Queue {
    var states: ArraySlice<RecurrentState>
    init(_ states: [RecurrentState]) { self.states = states[...] }
  }

  static var defaultValue: Queue? { nil }
}

extension Scope {
  /// The number of valid steps of each sequence, int32 [N]; nil if all steps are valid. Steps past
  /// it must not influence the result.
  public var lengths: Value? { self[SequenceLengths.self] }

  /// The vocabulary size if the inputs are tokens; nil if they are numbers.
  public var vocabularySize: Int? { self[VocabularySize.self] }

  /// The number of different integers in an input of the network that holds categories; nil for other
  /// values.
  public func categoryCount(of input: Value) -> Int? { context.categoryCount(of: input) }

  /// The encoder's output that a decoder attends to; nil outside a decoder.
  public var memory: Memory? { self[DecoderMemory.self] }

  /// The same scope for a decoder, whose steps are all valid and are tokens of the network's output
  /// where it has a vocabulary.
  ///
  /// - Parameter memory: The encoder's output that the decoder attends to; its recurrent layers
  ///   start from the encoder's final states, in order.
  public func decoding(_ memory: Memory) -> Scope {
    setting(SequenceLengths.self, to: nil)
      .setting(DecoderMemory.self, to: memory)
      .setting(VocabularySize.self, to: outputVocabularySize)
      .setting(EncoderStates.self, to: EncoderStates.Queue(memory.finalStates))
  }

  /// The final state of the encoder's next recurrent layer; nil if there is none left.
  func takeEncoderState() -> RecurrentState? { self[EncoderStates.self]?.states.popFirst() }

  /// Records the input of each step of a sequence, for logs of gradient norms by step.
  ///
  /// - Parameters:
  ///   - steps: The inputs of the steps, [T, N, …].
  ///   - name: The name inside the layer: `l0`.
  public func observe(steps: Value, named name: String) {
    guard !steps.isPoisoned else { return }
    report(ObservedSteps.self, (path.isEmpty ? name : "\(path).\(name)", steps))
  }

  /// Records the attention weights of this layer over the memory.
  ///
  /// - Parameter weights: [N, heads, T, S], the weight of each memory step S for each step T.
  public func observe(attention weights: Value) {
    guard !weights.isPoisoned else { return }
    report(ObservedAttention.self, (path, weights))
  }
}

/// The encoder's output that a decoder attends to.
public struct Memory {
  /// The encoder's output [N, S, C].
  public let values: Value
  /// The number of valid steps of each sequence, int32 [N]; nil if all are valid.
  public let lengths: Value?
  /// The final states of the encoder's recurrent layers, in order.
  public let finalStates: [RecurrentState]

  /// Creates a memory from its parts.
  public init(_ values: Value, lengths: Value? = nil, finalStates: [RecurrentState] = []) {
    self.values = values
    self.lengths = lengths
    self.finalStates = finalStates
  }
}
