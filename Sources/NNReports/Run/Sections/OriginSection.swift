import NNCore
import NNDrawing
import NNFormats
import NNTraining

/// The environment of the run and the hashes of its files.
struct OriginSection: ReportSection {
  static let title = "Environment"

  private let environment: [[String]]
  private let hashes: [[String]]

  init?(_ run: RunEvidence) throws(NNError) {
    // The headline already has these.
    let rest = run.facts.environment.filter { !["command", "date"].contains($0.name) }
    environment = rest.map { name, value in
      [String(name.map { $0 == "_" ? " " : $0 }), value]
    }
    var hashes: [[String]] = []
    for path in [run.facts.folder.model, run.facts.folder.config] where FileBytes.exists(path) {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      hashes.append([name, try SHA256.hexadecimal(ofFile: path)])
    }
    self.hashes = hashes
  }

  func write(to page: inout Page) {
    if !environment.isEmpty { page.table(header: ["what", "value"], rows: environment) }
    page.table(header: ["file", "SHA-256"], rows: hashes)
  }
}
