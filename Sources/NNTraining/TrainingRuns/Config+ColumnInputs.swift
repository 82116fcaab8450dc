import NNCore
import NNData

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
