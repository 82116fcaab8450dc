// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Classifier",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "NeuralNet", path: "../../..")],
  targets: [
    .executableTarget(
      name: "Classifier", dependencies: [.product(name: "NeuralNet", package: "NeuralNet")])
  ],
  swiftLanguageModes: [.v6]
)
