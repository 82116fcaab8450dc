import ArgumentParser
import NNCore
import NNFormats
import NNSearch
import NNText
import NNTraining

/// Readers of files in binary formats and of those that runs write.
enum FileReaders {
  static let targets = [
    FuzzTarget.reader("safetensors", file: "m.safetensors") { file in
      // The header alone is read by another way.
      _ = try? SafeTensorsFile.metadata(of: file)
      _ = try SafeTensorsFile(contentsOf: file)
    },
    .reader("npy") { _ = try NPY.decode($0, at: "file") },
    .reader("npz") { _ = try NPZ.decode($0, at: "file") },
    .reader("idx") { _ = try IDX.decode($0, at: "file") },
    .reader("inspect", file: "file") { file in
      var text = try InspectCommand.parse([file])
      try text.run()
      var json = try InspectCommand.parse([file, "--json"])
      try json.run()
    },
    .reader("tokenizer") { bytes in
      let tokenizer = try TokenizerFile.tokenizer(bytes, at: "file")
      let tokens = try tokenizer.encode("in the beginning, é")
      _ = try tokenizer.decode(tokens)
      _ = try TokenizerFile.encoded(tokenizer)
    },
    .reader("table", file: "metrics.csv") { file in
      guard let table = try RunTable(contentsOf: file) else { return }
      for column in table.columns { _ = table.filled(column) }
    },
    .reader("journal", file: "journal.jsonl") { file in
      guard let record = try SearchRecord(journal: file) else { return }
      _ = record.best(maximizes: false)
    },
  ]
}
