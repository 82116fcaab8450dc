package import NNCore
package import NNGraph

/// The output of an encoder, stored in variables while a decoder generates.
///
/// Variables are kept between steps, and so is what depends only on them, such as the keys and
/// values of attention to the memory.
package struct MemoryVariables {
  /// The type of the memory, [N, S, C] with N source texts.
  package let values: TensorType
  /// The types of the final states, [layers, N, units].
  package let finalStates: [[TensorType]]

  private static let valuesName = "memory/values"
  private static let lengthsName = "memory/lengths"
  private static func stateName(_ layer: Int, _ index: Int) -> String {
    "memory/state.\(layer).\(index)"
  }

  /// The names and values of an encoder that its function must return.
  package static func outputs(_ memory: Memory) -> [(name: String, value: Value)] {
    [(valuesName, memory.values)]
      + memory.finalStates.enumerated().flatMap { layer, states in
        states.parts.enumerated().map { (stateName(layer, $0), $1) }
      }
  }

  package init(_ memory: Memory) {
    values = memory.values.type
    finalStates = memory.finalStates.map { $0.parts.map(\.type) }
  }

  /// The memory in a decoder's graph, in which each text has the same number of examples.
  package func values(in graph: Graph, rows: Int) -> Memory {
    func variable(_ name: String, _ type: TensorType, rowAxis: Int = 0) -> Value {
      graph.variable(
        name, TensorType(type.shape.replacing(axis: rowAxis, with: rows), type.dtype))
    }
    return Memory(
      variable(Self.valuesName, values),
      lengths: variable(Self.lengthsName, TensorType([1], .int32)),
      finalStates: finalStates.enumerated().compactMap { layer, types in
        RecurrentState(
          types.enumerated().map { variable(Self.stateName(layer, $0), $1, rowAxis: 1) })
      })
  }

  /// Stores an encoder's output in the variables, each text `count` times in succession.
  ///
  /// - Throws: `NNError` if the encoder has not run.
  package func store(
    _ encoder: Function, lengths: [Int32], repeating count: Int, in variables: VariableStore
  ) throws(NNError) {
    func copy(_ name: String, rowAxis: Int = 0) throws(NNError) {
      variables[name] = try encoder.read(name).repeatingElements(count, along: rowAxis)
    }
    try copy(Self.valuesName)
    for (layer, types) in finalStates.enumerated() {
      for index in types.indices { try copy(Self.stateName(layer, index), rowAxis: 1) }
    }
    variables[Self.lengthsName] = HostTensor(
      lengths.flatMap { [Int32](repeating: $0, count: count) })
  }
}

extension HostTensor {
  /// The tensor with every element along an axis repeated `count` times in succession.
  fileprivate func repeatingElements(_ count: Int, along axis: Int) -> HostTensor {
    let parts = shape.dimensions[...axis].reduce(1, *)
    let repeated = shape.replacing(axis: axis, with: shape[axis] * count)
    return HostTensor(shape: repeated, dtype: dtype) { target in
      withBytes { source in
        let size = source.count / max(1, parts)
        for copy in 0..<parts * count {
          let start = copy / count * size
          UnsafeMutableRawBufferPointer(rebasing: target[copy * size..<(copy + 1) * size])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<start + size]))
        }
      }
    }
  }
}
