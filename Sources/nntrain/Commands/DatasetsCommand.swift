import ArgumentParser
import NNData

struct DatasetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets",
    abstract: "Lists the named data sources: where they are, rows, classes.",
    discussion: """
      The names stand under data: in a config. NN_DATA_DIR names a folder that is searched first.

      EXAMPLES:
        nntrain datasets
        NN_DATA_DIR=~/data nntrain datasets
      """)

  func run() throws {
    var table = Table(
      ("name", .left), ("rows", .right), ("classes", .right), ("where", .left))
    for listing in DatasetListing.all() {
      table.add(
        listing.name, listing.rows.map(NumberText.grouped) ?? "-",
        listing.classes.map(String.init) ?? "-",
        listing.location ?? "not found: \(listing.hint ?? "")")
    }
    try Console.print(table.text)
  }
}
