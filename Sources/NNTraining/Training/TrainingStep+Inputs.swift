import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses

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
