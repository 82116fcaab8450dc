import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses

extension Config {
  /// Verifies that the network names no column of a table that is part of another input.
  ///
  /// - Throws: `NNError` naming the first such column.
  func requireColumnInputs(of data: Dataset) throws(NNError) {
    let inputs = data.exampleTypes(dtype).names
    let columns = data.columns?.map(\.name) ?? data.featureNames ?? []
    for name in model.inputNames where !inputs.contains(name) && columns.contains(name) {
      throw .invalid(
        "the model names the input `\(name)`, and the column \"\(name)\" is part of the input "
          + "`\(inputs[0])`", at: data.name,
        hint:
          "to make it an input of its own, add `columns: {\(name): {encode: embedding}}` to the "
          + "source, with `type: category` for numbers")
    }
  }
}

extension TrainingStep {
  /// Verifies that a layer or a loss reads every input that the columns of a table become.
  ///
  /// - Throws: `NNError` naming the first input that nothing reads.
  func requireReaders(of data: Dataset) throws(NNError) {
    guard data.columns != nil, signature.example.count > 1 else { return }
    let graph = Graph()
    let input = graph.inputs(signature.batch(of: 2))
    _ = model.build(in: graph, input: input, layout: layout, mode: .evaluation)
    let read = Set(graph.nodeViews.flatMap(\.inputs))
    let named = Set(objective.terms.flatMap { Array($0.tensors.values) })
    for (name, value) in zip(input.names, input.all)
    where name != PortName.lengths && !read.contains(value.nodeIndex) && !named.contains(name) {
      let isEmbedded = data.categoryCounts[name] != nil
      throw .invalid(
        "no layer reads the input `\(name)`, "
          + (isEmbedded ? "a column with encode: embedding" : "columns of the table"),
        at: data.name,
        hint: "name `\(name)` in `inputs` of the model and in `from` of "
          + (isEmbedded ? "an `embedding`, or encode the column otherwise" : "a layer"))
    }
  }
}
