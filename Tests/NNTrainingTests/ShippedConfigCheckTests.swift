import Foundation
import NNCore
import NNFormats
import NNTestSupport
import NNTraining
import Testing

/// A false alarm would make all findings worthless.
@Suite("checks for mistakes: shipped configs") struct ShippedConfigCheckTests {
  /// Those whose data are generated, and those of prepared data that are there.
  @Test(
    "no shipped config has a finding",
    arguments: ["circles", "sine", "xor", "sunspots", "basic-motions"])
  func shippedConfigs(name: String) throws {
    let path = Repository.path("docs/examples/configs/\(name).yaml")
    let config = try Config(contentsOf: path)
    if case .string(let file) = config.data.train.options.first?.value,
      !FileBytes.exists(file), config.data.train.kind != name
    {
      return
    }
    #expect(try TrainingRun.findings(config).findings == [])
  }

  @Test("no generated data set has a finding", arguments: ["xor", "and", "or", "moons"])
  func generatedData(name: String) throws {
    #expect(
      try TrainingRun.findings(Config(yaml: smallConfig, overrides: ["data.train=\(name)"]))
        .findings == [])
  }
}
