/// The parts of `docs/config.md` that are written by hand.
enum ReferenceText {
  static let introduction = """
    # Config

    <!-- Made by `nntrain schema --markdown > docs/config.md`. Change the declarations in
    Sources/NNTraining/Config, not this file; a test compares the two. -->

    A config is a YAML file that describes a run: data, network, loss, optimizer and training. JSON is YAML,
    too. This page lists every key with its type, default and meaning. Names, defaults and numerical results
    are PyTorch's; sizes that the input determines (`in_features`, `in_channels`, …) are inferred.

    ```yaml
    data:
      train: {csv: flowers.csv, target: kind}
      validation: {split: 0.2}
      normalize: standard
    model:
      - linear: 64
      - relu
      - dropout: 0.2
      - linear: 3
    loss: cross_entropy
    optimizer: {adam: {lr: 0.001}}
    metrics: [accuracy]
    epochs: 50
    ```

    `nntrain check CONFIG` validates a config and prints it with every default filled in. Unknown keys, wrong
    types and impossible values are errors with line, column and a suggestion. On the command line,
    `--set optimizer.adam.lr=0.01` changes a value.

    ## Short forms

    Layers, losses, optimizers, schedules, metrics and data sources are written as `kind: {options}`. Shorter:

    - A component without options, or with only defaults, is a bare word: `relu`, `adam`.
    - The first option may stand alone: `linear: 128` is `linear: {out_features: 128}`. This also holds for
      the keys with a table of their own: `early_stopping: val_loss`.
    - Where a list is expected, a single value is a list of one.
    - If null is allowed, an empty value, `null` and `none` all mean null.

    Paths are relative to the folder of the config.

    ## In an editor

    `nntrain schema` prints a JSON Schema of configs. Editors use it to complete names, to show meanings and
    defaults, and to underline mistakes while you write. With the YAML language server (the YAML extension of
    VS Code; also in Neovim, Emacs, Helix and Zed), write the schema to a file once:

    ```sh
    nntrain schema > nntrain.schema.json
    ```

    and name it in the first line of each config:

    ```yaml
    # yaml-language-server: $schema=nntrain.schema.json
    ```

    The path is relative to the config. Other editors associate files with the schema in their settings.
    """

  static let topLevel = """
    `data`, `model`, `loss` and `optimizer` are required.
    """

  /// The introduction of the section of each kind of component, by the name of its definition.
  static let sections = [
    "source": """
    The values of `data.train`, `data.validation` and `data.test`. Options are next to the name or inside
    it: `{npz: a.npz, x: images}`, `{circles: {noise: 0.1}}`. `nntrain datasets` lists the named sources;
    [own-data.md](own-data.md) leads from a file to predictions, and [data.md](data.md) describes the file
    formats. For the options inside `columns` see
    [Columns of any type](own-data.md#columns-of-any-type).

    ```yaml
    data:
      train: {csv: train.csv, target: price, features: [area, rooms]}
      test: {csv: test.csv, target: price, features: [area, rooms]}
    ```
    """,
    "layer": """
    The entries of `model`. Sizes of the input are inferred. Shapes are PyTorch's: images [N, C, H, W],
    sequences [N, T, features].

    ```yaml
    model:
      - conv2d: {out_channels: 32, kernel_size: 3, padding: same}
      - batch_norm2d
      - relu
      - residual:
          - conv2d: {out_channels: 32, kernel_size: 3, padding: same}
          - relu
      - max_pool2d: 2
      - {name: features, flatten: {}}
      - linear: {out_features: 10, weight_init: kaiming_normal}
    ```

    Next to its kind, each entry may have:
    """,
    "initializer": """
    The values of the layers' options `weight_init` and `bias_init`. fan_in and fan_out are the numbers of
    inputs and outputs that an element of the weight connects.

    ```yaml
    model:
      - linear: {out_features: 64, weight_init: {kaiming_normal: {nonlinearity: relu}}, bias_init: zeros}
      - linear: {out_features: 2, weight_init: {normal: {std: 0.01}}}
    ```
    """,
    "loss": """
    The names are those of PyTorch's functions without `_loss`.

    ```yaml
    loss: {cross_entropy: {label_smoothing: 0.1}}
    ```
    """,
    "optimizer": """
    θ is a parameter, g its gradient and lr the learning rate.

    ```yaml
    optimizer: {sgd: {lr: 0.1, momentum: 0.9, weight_decay: 0.0005}}
    ```
    """,
    "schedule": """
    Each changes the optimizer's learning rate, once per epoch or, with `interval: step`, once per batch.
    Several in a list are chained, as by `ChainedScheduler`: here a warm-up of 500 batches, then a cosine.

    ```yaml
    schedule:
      - linear_lr: {start_factor: 0.01, total_iters: 500, interval: step}
      - cosine_annealing_lr: {T_max: 10}
    ```
    """,
    "augmentation": """
    Random changes of the training examples, other ones in every epoch (`augment` in `data`), in the order of
    the list; those of batches follow. Validation and test data, and figures measured on the training data,
    stay as they are. Numbers are changed before normalization; `fill`, `value` and `sigma` are in the unit of
    the data, and bytes count as 0…1. Names and defaults are those of torchvision's v2 transforms where there is
    one. `nntrain preview` shows the result.

    ```yaml
    data:
      train: fashion-mnist
      augment:
        - random_horizontal_flip
        - random_crop: {padding: 2}
        - random_erasing: {p: 0.25}
    ```
    """,
    "method": """
    How the inputs of training batches are perturbed (`adversarial`). Perturbations are in the unit of raw
    inputs, before normalization, and stay in the range of the training data except for noise. The
    perturbation is sought in evaluation mode. A warning notices when training against one step ends in a
    network that withstands only that step.

    ```yaml
    adversarial: {pgd: {eps: 0.1, steps: 7, step_size: 0.025, random_start: true}, share: 1.0}
    ```
    """,
    "metric": """
    Each is a column of metrics.csv, with the prefix `train_` or `val_`, and is printed for the test data.
    `bleu` and `chrf` are measured at the end, by translating the test data.

    ```yaml
    metrics: [accuracy, {top_k: 3}, confusion_matrix]
    ```
    """,
  ]
}
