#!/usr/bin/env bash
# Slurm 22.05.8 (Debian slurm-client 22.05.8-4+deb12u3): in a #SBATCH line, # ends
# the line, in the middle of a word too.
#
# sbatch's manual says that a script may hold the options after #SBATCH, and nothing
# of comments in them. One would guess that a line reads as on the command line, or
# that # starts a comment as in the shell, after a blank: --job-name=run#3 is run#3.
#
# Seen: job-name is "run" and what follows is gone without a word, the time limit
# after it and, worse, the SEED after NOTE=width#8 in --export, so that every run of a
# sweep takes the default seed. The same options on the command line are whole. Quote
# a value with # in it, or write \#. (No cluster is asked: sbatch -v lists the options
# as it read them, then finds no controller.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq slurm-client=22.05.8-4+deb12u3 \
  slurm-wlm-basic-plugins=22.05.8-4+deb12u3
for package in *.deb; do dpkg-deb -x "$package" .; done
plugins=$(echo "$folder"/usr/lib/*-linux-gnu/slurm-wlm)
export LD_LIBRARY_PATH=$plugins SLURM_CONF=$folder/slurm.conf
cat >slurm.conf <<END
ClusterName=none
SlurmctldHost=localhost
SlurmctldPort=1
MessageTimeout=1
AuthType=auth/none
CredType=cred/none
SlurmUser=$(id -un)
PluginDir=$plugins
NodeName=one
PartitionName=all Nodes=one
END
cat >bare.sh <<'END'
#!/bin/sh
#SBATCH --job-name=run#3 --time=10
#SBATCH --export=NOTE=width#8,SEED=4
END
cat >quoted.sh <<'END'
#!/bin/sh
#SBATCH --job-name="run#3" --time=10
#SBATCH --export=NOTE=width\#8,SEED=4
END
printf '#!/bin/sh\n' >empty.sh
options() {
  echo "$1"
  { timeout 60 usr/bin/sbatch -v --test-only "${@:2}" 2>&1 || true; } |
    sed -nE 's/^sbatch: (export|job-name|time) +: /  \1 /p'
}
{
  usr/bin/sbatch --version
  options "in the script" bare.sh
  options "quoted in the script" quoted.sh
  options "on the command line" --job-name=run#3 --time=10 \
    --export=NOTE=width#8,SEED=4 empty.sh
} | tee seen
diff seen - <<'END'
slurm-wlm 22.05.8
in the script
  export NOTE=width
  job-name run
quoted in the script
  export NOTE=width#8,SEED=4
  job-name run#3
  time 00:10:00
on the command line
  export NOTE=width#8,SEED=4
  job-name run#3
  time 00:10:00
END
echo "as stated: the hash ends the line"
