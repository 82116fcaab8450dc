import NNCore
import NNTraining
import Testing

@Suite("Config: overrides")
struct ConfigOverrideTests {
  @Test(
    "what an override sets",
    arguments: [
      (["epochs=3"], Check { $0.epochs == 3 }),
      (["epochs=3", "epochs=4"], Check { $0.epochs == 4 }),
      (["name=a=b"], Check { $0.name == "a=b" }),
      (["optimizer.adam.lr=0.5"], Check { $0.optimizer["lr"] == .number(0.5) }),
      (["optimizer.adam.lr=1e-3"], Check { $0.optimizer["lr"] == .number(0.001) }),
      (["optimizer={sgd: {lr: 1}}"], Check { $0.optimizer.kind == "sgd" }),
      (["model.0.linear=16"], Check { $0.model[0].component["out_features"] == .integer(16) }),
      (
        ["model.0.linear.out_features=16"],
        Check { $0.model[0].component["out_features"] == .integer(16) }
      ),
      (
        ["model.0.linear.bias=false"],
        Check {
          $0.model[0].component["out_features"] == .integer(8)
            && $0.model[0].component["bias"] == .bool(false)
        }
      ),
      (["model.1=tanh"], Check { $0.model[1].component.kind == "tanh" }),
      (["data.validation.split=0.5"], Check { $0.data.validation == .split(0.5) }),
      (["data.validation=0.5"], Check { $0.data.validation == .split(0.5) }),
      (["data.validation=0.5", "data.validation=null"], Check { $0.data.validation == nil }),
      (["early_stopping.monitor=train_loss"], Check { $0.earlyStopping?.monitor == "train_loss" }),
      (["metrics=[accuracy]"], Check { $0.figures == ["train_loss", "train_accuracy"] }),
      (["log.every=1"], Check { $0.log.every == 1 }),
      (["log=1"], Check { $0.log.every == 1 }),
      (["data.train.moons.samples=9"], Check { $0.data.train["samples"] == .integer(9) }),
    ] as [([String], Check)])
  func sets(overrides: [String], check: Check) throws {
    #expect(check.holds(try Config(yaml: smallConfig, overrides: overrides)))
  }

  @Test("a layer is found by its name")
  func named() throws {
    let config = try Config(
      yaml: fullConfig, overrides: ["model.features.flatten.start_dim=2"])
    #expect(config.model[3].component["start_dim"] == .integer(2))
  }

  @Test(
    "overrides with invalid paths",
    arguments: [
      (
        "epochs", "--set epochs: expects key.path=value\n  hint: as in --set optimizer.adam.lr=0.01"
      ),
      (
        "model..bias=1",
        "--set model..bias: the path has an empty part\n"
          + "  hint: as in model.0.conv2d.bias"
      ),
      (
        "model.3.linear=1",
        "--set model.3.linear: `model` is a list; `3` is not one of its indices 0…2"
      ),
      (
        "model.-1=relu", "--set model.-1: `model` is a list; `-1` is not one of its indices 0…2"
      ),
      (
        "model.0.linear.depth=2",
        "--set model.0.linear.depth: `model.0.linear` is 8, which has no `depth`\n"
          + "  hint: replace it as a whole: --set 'model.0.linear={depth: …}'"
      ),
      (
        "optimizer.sgd.lr=1",
        "--set optimizer.sgd.lr: `optimizer` is \"adam\", which has no `sgd`\n"
          + "  hint: replace it as a whole: --set 'optimizer={sgd: …}'"
      ),
      (
        "model.0.linear=many",
        "--set model.0.linear: `out_features` expects an integer ≥ 1, gets \"many\""
      ),
      (
        "epochs=[1",
        "--set epochs: not YAML: did not find expected ',' or ']', while parsing "
          + "a flow sequence that began at line 1"
      ),
    ])
  func leadsNowhere(override: String, expected: String) {
    #expect(complaint(about: smallConfig, overrides: [override]) == expected)
  }
}

/// A condition on a config.
struct Check: Sendable {
  let holds: @Sendable (Config) -> Bool
}
