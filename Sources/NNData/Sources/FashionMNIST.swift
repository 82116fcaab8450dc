package import NNCore
import NNFormats

/// 70,000 images of clothes, 28×28, in ten classes.
///
/// Source: Xiao, Rasul, Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
/// learning algorithms", 2017.
package enum FashionMNIST: String, CaseIterable {
  case train = "fashion-mnist"
  case test = "fashion-mnist-test"

  package static let classNames = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
    "Ankle boot",
  ]

  /// How to install the files without a clone of the repository.
  package static let instructions =
    "on Debian and Ubuntu: sudo apt-get install dataset-fashion-mnist; elsewhere put the four files "
    + "of that package in a folder and set NN_DATA_DIR to it"

  private var prefix: String { self == .train ? "train" : "t10k" }

  /// The folders that may hold the files, in the order of the search.
  static var folders: [String] {
    let chosen = PackagedData.chosenFolder.map { ["\($0)/fashion-mnist", $0] } ?? []
    return chosen + ["/usr/share/datasets/fashion-mnist"]
  }

  /// The paths of images and labels, compressed or not, or nil when no folder has both.
  func files(
    in folders: [String] = FashionMNIST.folders
  ) -> (folder: String, images: String, labels: String)? {
    for folder in folders {
      for ending in ["-ubyte.gz", "-ubyte"] {
        let images = "\(folder)/\(prefix)-images-idx3\(ending)"
        let labels = "\(folder)/\(prefix)-labels-idx1\(ending)"
        if FileBytes.exists(images) && FileBytes.exists(labels) { return (folder, images, labels) }
      }
    }
    return nil
  }

  /// Reads images uint8 [N, 1, 28, 28] and labels int32 [N].
  package func load(from folders: [String]) throws(NNError) -> Dataset {
    guard let files = files(in: folders) else {
      throw .invalid(
        "\(prefix)-images-idx3-ubyte.gz and \(prefix)-labels-idx1-ubyte.gz are not in "
          + folders.joined(separator: ", "),
        at: rawValue,
        hint: "nntrain datasets --install \(Self.train.rawValue); or \(Self.instructions)")
    }
    return try imageDataset(
      name: rawValue, images: files.images, labels: files.labels,
      classNames: FashionMNIST.classNames)
  }
}

/// Reads images and their labels from a pair of IDX files; grey images [N, H, W] get a channel
/// axis: [N, 1, H, W].
///
/// - Parameter isStreamed: Whether images stay in the file; false by default.
func imageDataset(
  name: String, images: String, labels: String, classNames: [String]?,
  ignoredLabel: Int32? = nil, isStreamed: Bool = false
) throws(NNError) -> Dataset {
  let inputs: ExampleRows =
    try isStreamed ? .file(RowFile(idx: images)) : .memory(IDX.read(images))
  let found = try IDX.read(labels)
  guard found.shape.rank == 1, !found.dtype.isFloatingPoint else {
    throw .invalid(
      "expected labels: integers with one axis, found \(found.dtype) \(found.shape)",
      at: labels)
  }
  let example = inputs.exampleShape
  return try Dataset(
    name: name,
    rows: Ports(
      example.rank == 2
        ? inputs.reshapingExamples(to: [1, example[0], example[1]]) : inputs),
    namedTargets: [PortName.target: found.converted(to: .int32)], vocabulary: nil,
    classNames: classNames, featureNames: nil, ignoredLabel: ignoredLabel, weights: nil)
}
