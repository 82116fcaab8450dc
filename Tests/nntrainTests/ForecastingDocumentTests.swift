import Foundation
import NNTestSupport
import NeuralNet
import Testing

/// The config and the commands of docs/forecasting.md.
@Suite struct ForecastingDocumentTests {
  private func blocks(_ kind: String) throws -> [String] {
    try Repository.text("docs/forecasting.md").components(separatedBy: "```\(kind)\n")
      .dropFirst().compactMap { $0.components(separatedBy: "```").first }
  }

  /// The table that the first command writes.
  private func table() -> String {
    let rows = (0..<123).map { row -> String in
      let promo = row % 5 == 2 ? 1.0 : 0
      let sales = 50 + 0.3 * Double(row) + 10 * sin(Double(row) * 0.5236) + 8 * promo
      let month = row % 12 + 1
      return "\(2014 + row / 12)-\(month < 10 ? "0" : "")\(month),\(row < 120 ? "\(sales)" : ""),"
        + "\(9 - Double(row % 7) / 4),\(Int(promo))"
    }
    return (["month,sales,price,promo"] + rows).joined(separator: "\n") + "\n"
  }

  @Test func everyCommandWorks() throws {
    let folder = try TemporaryFolder()
    try folder.write(table(), to: "sales.csv")
    let config = try #require(blocks("yaml").first)
    try folder.write(config, to: "sales.yaml")
    let commands = try blocks("sh").flatMap { $0.split(separator: "\n") }
      .filter { $0.hasPrefix("nntrain ") }
    #expect(commands.count == 4)
    for command in commands {
      let words = command.split(separator: " ").dropFirst().map(String.init)
      let result = try CommandLine.program.run(words, in: folder.path)
      #expect(result.status == 0, "\(command): \(result.standardError)")
    }
    let forecast = try folder.text(of: "next.csv").split(separator: "\n")
    #expect(forecast.count == 4 && forecast[0].hasPrefix("month,step,sales,sales q0.1"))
    #expect(forecast[3].hasPrefix("2024-03-01,3,"))
    #expect(folder.contains("backtests/sales-1/backtest.html"))
  }

  @Test func otherBlocksAreLosses() throws {
    let others = try blocks("yaml").dropFirst()
    #expect(others.count == 1)
    for block in others {
      let config = try Config(
        yaml: "data: {train: xor}\nmodel: [{linear: 5}]\noptimizer: adam\n" + block)
      #expect(try config.makeLoss().quantiles?.count == 5)
    }
  }
}
