FROM nginxinc/nginx-unprivileged:1.27-bookworm
COPY controlcenter/deploy/nginx/control-center.conf /etc/nginx/conf.d/default.conf
