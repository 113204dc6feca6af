"""The stack of `infra/template.yaml` on one machine: real events, real files, one port."""
